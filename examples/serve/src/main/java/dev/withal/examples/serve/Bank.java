package dev.withal.examples.serve;

import dev.withal.database.Retrying;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.Pool;
import dev.withal.jdbc.TransactionOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Accounts in a database.
 *
 * @param transfers runs a transfer again that the database gave up in favour of another one
 */
record Bank(Pool pool, Retrying<Connection> transfers) {
  static final int ACCOUNTS = 1_000;
  static final int BALANCE = 1_000;

  /** {@return a bank whose accounts are there} */
  static Bank in(Pool pool) throws SQLException, InterruptedException {
    pool.transaction().run(Bank::create);
    var transaction = pool.transaction(TransactionOptions.DEFAULT.named("transfer"));
    return new Bank(pool, Jdbc.retrying(transaction).attempts(10));
  }

  static void create(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("create table if not exists account (id int primary key, balance int)");
      for (long id = number(connection, "select count(*) from account"); id < ACCOUNTS; id++) {
        statement.addBatch("insert into account values (" + id + ", " + BALANCE + ")");
      }
      statement.executeBatch();
    }
  }

  /** Moves money, or throws and moves nothing. */
  void transfer(int from, int to, int amount) throws Exception {
    transfers.<Exception>run(connection -> transfer(connection, from, to, amount));
  }

  /** A transfer that can't be. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  /** Locks the account with the smaller number first: two transfers can't wait for each other. */
  static void transfer(Connection connection, int from, int to, int amount)
      throws SQLException, Refused {
    add(connection, Math.min(from, to), from < to ? -amount : amount);
    add(connection, Math.max(from, to), from < to ? amount : -amount);
  }

  private static void add(Connection connection, int account, int amount)
      throws SQLException, Refused {
    String add = "update account set balance = balance + ? where id = ? and balance + ? >= 0";
    try (PreparedStatement statement = connection.prepareStatement(add)) {
      statement.setInt(1, amount);
      statement.setInt(2, account);
      statement.setInt(3, amount);
      if (statement.executeUpdate() == 0) {
        throw new Refused(
            (amount < 0 ? "there isn't enough on account " : "there is no account ") + account);
      }
    }
  }

  long total() throws SQLException, InterruptedException {
    return number("select sum(balance) from account");
  }

  /** Takes longer than anybody waits: for the ends of requests. */
  long audit() throws SQLException, InterruptedException {
    return number("select count(*) from account a, account b, account c, account d");
  }

  private long number(String query) throws SQLException, InterruptedException {
    return pool.connection().use(connection -> number(connection, query));
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
