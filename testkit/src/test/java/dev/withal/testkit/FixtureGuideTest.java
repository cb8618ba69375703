package dev.withal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the guide says on fixtures. */
class FixtureGuideTest {

  /** A database of a test. */
  record Database(List<String> rows) {}

  /** What is written to a database at the end of a transaction. */
  record Transaction(Database database, List<String> rows) {
    void insert(String row) {
      rows.add(row);
    }
  }

  private static AsyncContextManager<Database> database() {
    return AsyncContextManager.ofValue(new Database(new ArrayList<>()));
  }

  private static AsyncContextManager<Transaction> transaction(Database database) {
    return AsyncContextManager.of(
        () -> CompletableFuture.completedFuture(new Transaction(database, new ArrayList<>())),
        (transaction, how) -> {
          if (how.succeeded()) {
            database.rows().addAll(transaction.rows());
          }
          return Verdict.PROPAGATE.now();
        });
  }

  // @start region="fixture"
  @RegisterExtension // static: entered once for the class
  static final Fixture<Database> DATABASE = Fixture.of(Database.class, FixtureGuideTest::database);

  @RegisterExtension // not static: entered for each test, inside of the other one
  final Fixture<Transaction> transaction =
      Fixture.of(Transaction.class, () -> transaction(DATABASE.value()));

  @Test
  void insert_isSeenInItsTransaction(Transaction transaction) {
    transaction.insert("Ada"); // committed if the test succeeds, rolled back if it fails

    assertThat(transaction.rows()).containsExactly("Ada");
  }

  // @end

  // @start region="named"
  @RegisterExtension
  static final Fixture<String> PRIMARY =
      Fixture.of(String.class, () -> AsyncContextManager.ofValue("primary:5432")).named("primary");

  @RegisterExtension
  static final Fixture<String> REPLICA =
      Fixture.of(String.class, () -> AsyncContextManager.ofValue("replica:5432")).named("replica");

  @Test
  void addresses_areTheirOwn(
      @Fixture.Named("primary") String primary, @Fixture.Named("replica") String replica) {
    assertThat(primary).isNotEqualTo(replica);
  }
  // @end
}
