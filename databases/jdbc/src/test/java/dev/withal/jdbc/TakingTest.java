package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.database.Bounds;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A connection that is taken at once, on the calling thread. */
@ExtendWith(LeakCheck.class)
class TakingTest {
  private final Journal journal = new Journal();

  @Test
  void here_useOfTheConnectionFailsWithAnError_placeIsGivenUp() throws Exception {
    var failure = new StackOverflowError("of the use");
    try (Connection connection = Setting.h2("test").getConnection()) {
      var taken =
          Taking.here(
              source(new Physical(connection)),
              Where.DEFAULT,
              _ -> true,
              _ -> {
                throw failure;
              });

      assertThat(taken).isNotNull();
      assertThat(taken.toCompletableFuture().exceptionNow()).isSameAs(failure);
    }
    assertThat(journal.events()).containsExactly("taking", "ended");
  }

  private Source source(Physical kept) {
    return (Source)
        Proxy.newProxyInstance(
            TakingTest.class.getClassLoader(),
            new Class<?>[] {Source.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "kept" -> kept;
                  case "bounds" -> Bounds.DEFAULT;
                  default -> {
                    journal.add(method.getName());
                    yield null;
                  }
                });
  }
}
