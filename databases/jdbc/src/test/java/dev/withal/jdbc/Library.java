package dev.withal.jdbc;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.IntConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.cfg.JdbcSettings;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** What others call a database by, given one of our data sources and nothing else of ours. */
enum Library {
  JOOQ {
    @Override
    void transaction(Setting setting, DataSource dataSource, Work work) {
      SQLDialect dialect = setting.name().startsWith("H2") ? SQLDialect.H2 : SQLDialect.POSTGRES;
      run(DSL.using(dataSource, dialect), work);
    }

    private void run(DSLContext jooq, Work work) {
      jooq.transaction(inner ->
          work.run(
              id -> inner.dsl().execute("insert into entry values (?)", id),
              nested -> run(inner.dsl(), nested)));
    }
  },
  JDBI {
    @Override
    void transaction(Setting setting, DataSource dataSource, Work work) {
      Jdbi.create(dataSource)
          .useTransaction(
              handle -> work.run(id -> insert(handle, id), nested -> savepoint(handle, nested)));
    }

    private void insert(Handle handle, int id) {
      handle.execute("insert into entry values (?)", id);
    }

    // Its own transaction in a transaction is the outer one.
    private void savepoint(Handle handle, Work nested) {
      handle.savepoint("inner");
      try {
        nested.run(id -> insert(handle, id), Library::noDeeper);
        handle.releaseSavepoint("inner");
      } catch (RuntimeException undone) {
        handle.rollbackToSavepoint("inner");
        throw undone;
      }
    }
  },
  SPRING {
    @Override
    void transaction(Setting setting, DataSource dataSource, Work work) {
      var outer = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
      outer.setIsolationLevel(TransactionDefinition.ISOLATION_DEFAULT);
      var inner = new TransactionTemplate(outer.getTransactionManager());
      inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
      var client = JdbcClient.create(dataSource);
      IntConsumer insert = id -> client.sql("insert into entry values (?)").param(id).update();
      outer.executeWithoutResult(_ ->
          work.run(
              insert,
              nested -> inner.executeWithoutResult(_ -> nested.run(insert, Library::noDeeper))));
    }
  },
  HIBERNATE {
    @Override
    void transaction(Setting setting, DataSource dataSource, Work work) {
      var configuration = new Configuration().addAnnotatedClass(Entry.class);
      configuration.getProperties().put(JdbcSettings.JAKARTA_NON_JTA_DATASOURCE, dataSource);
      try (SessionFactory sessions = configuration.buildSessionFactory()) {
        sessions.inTransaction(session ->
            work.run(
                id -> {
                  session.persist(new Entry(id));
                  session.flush();
                },
                nested -> savepoint(session, nested)));
      }
    }

    // It has no transactions in transactions, but hands out its connection.
    private void savepoint(Session session, Work nested) {
      session.doWork(connection -> {
        java.sql.Savepoint savepoint = connection.setSavepoint();
        try {
          nested.run(id -> insert(connection, id), Library::noDeeper);
        } catch (RuntimeException undone) {
          connection.rollback(savepoint);
          throw undone;
        }
      });
    }

    private void insert(Connection connection, int id) {
      try {
        Setting.insert(connection, id);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  };

  /** Kept, as a logger is forgotten that nobody has, and its level with it. */
  private static final Logger HIBERNATES = Logger.getLogger("org.hibernate");

  static {
    HIBERNATES.setLevel(Level.SEVERE);
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
  }

  /** What Hibernate calls a row. */
  @Entity(name = "entry")
  static class Entry {
    @Id int id;

    /** For Hibernate. */
    Entry() {}

    Entry(int id) {
      this.id = id;
    }
  }

  /** Done in a transaction of the library's own. */
  interface Work {
    /**
     * Does it; what it throws undoes it.
     *
     * @param insert inserts a row
     * @param nested does something in what the library has for a transaction in a transaction
     */
    void run(IntConsumer insert, Nested nested);
  }

  /** What a library has for a transaction in a transaction. */
  interface Nested {
    void run(Work work);
  }

  /** What undoes work. */
  static final class Undone extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Does the work in a transaction of the library's own. */
  abstract void transaction(Setting setting, DataSource dataSource, Work work);

  private static void noDeeper(Work work) {
    throw new AssertionError("no deeper");
  }
}
