package dev.withal.examples.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.withal.ContextManager;
import dev.withal.jdbc.Jdbc;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page at {@code /} in a real browser. */
@Timeout(60)
class BrowserTest {
  private static final String TRANSFER =
      "[...document.querySelectorAll('#held tbody tr')].find(row =>"
          + " row.querySelector('bdi').textContent === 'transfer')";

  @TempDir private static Path folder;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Browser.find().isPresent(),
        "there is no Chromium on the PATH, so the page isn't opened: install one to test it");
    browser = Browser.start(Browser.find().orElseThrow(), folder.resolve("profile"));
  }

  @AfterAll
  static void end() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  /** {@return a database in which a transfer waits for a row as long as the row is locked} */
  private static DataSource patient() {
    var h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=60000");
    return h2;
  }

  @Test
  void transfer_isHeld_showsWithItsStepAndLineUntilItEnds() throws Exception {
    DataSource database = patient();
    new Service(database, 0)
        .run(service -> {
          try (Page page = browser.open(service.address());
              var client = new Client(service.address())) {
            Jdbc.transaction(database)
                .run(connection -> {
                  Bank.transfer(connection, 1, 2, 1); // locks both rows
                  client.send("/transfer?from=1&to=2&amount=3");

                  page.await(TRANSFER);
                  assertThat(page.text(TRANSFER + ".innerText.replace(/\\s+/g, ' ')"))
                      .matches(
                          "transfer ×2, nested in body [^B]* m?s Bank.transfer\\(Bank.java:\\d+\\) ?");
                });
            assertThat(client.receive().body()).isEqualTo("done");

            page.await("!" + TRANSFER);
            assertThat(page.text("document.getElementById('held').innerText"))
                .contains("service", "pool", "requests")
                .doesNotContain("transfer");
          }
        });
  }

  @Test
  void name_holdsMarkup_isShownAsText() throws Exception {
    String hostile = "</td><img src=x onerror=\"document.title='broken'\"><script>//";
    new Service(ServeTest.database(), 0)
        .run(service -> {
          try (Page page = browser.open(service.address())) {
            ContextManager.closing(ReentrantLock::new, _ -> {})
                .async()
                .named(hostile)
                .run(_ -> {
                  page.await("document.getElementById('held').innerText.includes('onerror')");

                  assertThat(page.text("document.querySelector('#held tbody').innerText"))
                      .contains(hostile);
                  assertThat(page.text("document.querySelectorAll('img').length")).isEqualTo("0");
                  assertThat(page.text("document.title")).isEqualTo("serve");
                });
          }
        });
  }

  @Test
  void key_isPressed_pausesAndGoesOn() throws Exception {
    new Service(ServeTest.database(), 0)
        .run(service -> {
          try (Page page = browser.open(service.address())) {
            page.await("document.getElementById('held').innerText.includes('service')");

            page.press("p");
            assertThat(page.text("document.getElementById('pause').innerText")).contains("Go on");
            page.press("p");
            assertThat(page.text("document.getElementById('pause').innerText")).contains("Pause");
          }
        });
  }

  @Test
  void service_ends_pageSaysSo() throws Exception {
    var pages = new java.util.concurrent.CompletableFuture<Page>();
    new Service(ServeTest.database(), 0)
        .run(service -> {
          Page page = browser.open(service.address());
          page.await("document.getElementById('held').innerText.includes('service')");
          pages.complete(page);
        });
    try (Page page = pages.join()) {
      page.await(
          "document.getElementById('trouble').textContent === 'the service doesn\\'t answer'");
    }
  }
}
