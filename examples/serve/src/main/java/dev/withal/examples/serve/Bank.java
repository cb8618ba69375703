package dev.withal.examples.serve;

import dev.withal.AsyncContextManager;
import dev.withal.database.Retrying;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.Pool;
import dev.withal.jdbc.TransactionOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Accounts in a database. */
final class Bank {
  static final int ACCOUNTS = 1_000;
  static final int BALANCE = 1_000;

  private final Pool pool;

  /** Runs a transfer again that the database gave up in favour of another one. */
  private final Retrying<Connection> transfers;

  private Bank(Pool pool) {
    this.pool = pool;
    transfers =
        Jdbc.retrying(pool.transaction(TransactionOptions.DEFAULT.named("transfer"))).attempts(10);
  }

  /** {@return a manager of a bank whose tables are there} */
  static AsyncContextManager<Bank> opened(Pool pool) {
    return AsyncContextManager.<Bank>generator(
            body -> {
              pool.transaction().run(Bank::create);
              body.value(new Bank(pool));
            })
        .named("bank");
  }

  static void create(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("create table if not exists account (id int primary key, balance int)");
      try (ResultSet count = statement.executeQuery("select count(*) from account")) {
        if (count.next() && count.getInt(1) > 0) {
          return;
        }
      }
      for (int id = 0; id < ACCOUNTS; id++) {
        statement.addBatch("insert into account values (" + id + ", " + BALANCE + ")");
      }
      statement.executeBatch();
    }
  }

  /** Moves money, or throws and moves nothing. */
  void transfer(int from, int to, int amount) throws Exception {
    transfers.<@Nullable Void, Exception>use(connection -> {
      transfer(connection, from, to, amount);
      return null;
    });
  }

  /** There is less on the account. */
  static final class NotEnough extends Exception {
    private static final long serialVersionUID = 1;

    NotEnough(int account) {
      super("there isn't enough on account " + account);
    }
  }

  /** Locks the account with the smaller number first: two transfers can't wait for each other. */
  static void transfer(Connection connection, int from, int to, int amount)
      throws SQLException, NotEnough {
    if (from < to) {
      take(connection, from, amount);
      give(connection, to, amount);
    } else {
      give(connection, to, amount);
      take(connection, from, amount);
    }
  }

  private static void take(Connection connection, int account, int amount)
      throws SQLException, NotEnough {
    String take = "update account set balance = balance - ? where id = ? and balance >= ?";
    try (PreparedStatement statement = connection.prepareStatement(take)) {
      statement.setInt(1, amount);
      statement.setInt(2, account);
      statement.setInt(3, amount);
      if (statement.executeUpdate() == 0) {
        throw new NotEnough(account);
      }
    }
  }

  private static void give(Connection connection, int account, int amount) throws SQLException {
    String give = "update account set balance = balance + ? where id = ?";
    try (PreparedStatement statement = connection.prepareStatement(give)) {
      statement.setInt(1, amount);
      statement.setInt(2, account);
      statement.executeUpdate();
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
    return pool.connection()
        .<Long, SQLException>use(connection -> {
          try (var statement = connection.createStatement();
              ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
          }
        });
  }
}
