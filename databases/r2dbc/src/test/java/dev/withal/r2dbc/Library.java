package dev.withal.r2dbc;

import io.r2dbc.spi.ConnectionFactory;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.reactive.TransactionalOperator;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What others call a database by, given one of our connection factories and nothing else of ours.
 */
enum Library {
  JOOQ {
    @Override
    Mono<Void> transaction(Setting setting, ConnectionFactory factory, Work work) {
      SQLDialect dialect = setting.name().startsWith("H2") ? SQLDialect.H2 : SQLDialect.POSTGRES;
      return transaction(DSL.using(factory, dialect), work);
    }

    private Mono<Void> transaction(DSLContext jooq, Work work) {
      // To take the first element as a Mono would cancel the transaction before its commit.
      return Flux.from(
              jooq.transactionPublisher(inner ->
                  work.in(
                      id -> Flux.from(inner.dsl().query("insert into entry values (?)", id)).then(),
                      nested -> transaction(inner.dsl(), nested))))
          .then();
    }
  },
  SPRING {
    @Override
    Mono<Void> transaction(Setting setting, ConnectionFactory factory, Work work) {
      var manager = new R2dbcTransactionManager(factory);
      var client = DatabaseClient.create(factory);
      var innerDefinition =
          new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_NESTED);
      TransactionalOperator outer = TransactionalOperator.create(manager);
      TransactionalOperator inner = TransactionalOperator.create(manager, innerDefinition);
      IntFunction<Mono<Void>> insert =
          id -> client.sql("insert into entry values (" + id + ")").then();
      return outer.transactional(
          work.in(insert, nested -> inner.transactional(nested.in(insert, Library::noDeeper))));
    }
  };

  /** Done in a transaction of the library's own. */
  interface Work {
    /**
     * {@return what does it; an error undoes it}
     *
     * @param insert inserts a row
     * @param nested does something in what the library has for a transaction in a transaction
     */
    Mono<Void> in(IntFunction<Mono<Void>> insert, Function<Work, Mono<Void>> nested);
  }

  /** What undoes work. */
  static final class Undone extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** {@return what does the work in a transaction of the library's own} */
  abstract Mono<Void> transaction(Setting setting, ConnectionFactory factory, Work work);

  private static Mono<Void> noDeeper(Work work) {
    return Mono.error(new AssertionError("no deeper"));
  }
}
