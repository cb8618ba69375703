package dev.withal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser. */
@Timeout(150)
class BrowserTest {
  private static final int USES = 400;

  @TempDir private static Path folder;
  private static Path page;
  private static Browser browser;

  @BeforeAll
  static void makePage() throws Exception {
    assumeTrue(
        Browser.find().isPresent(),
        "there is no Chromium on the PATH, so the page isn't opened: install one to test it");
    browser = Browser.find().orElseThrow();
    Path file = folder.resolve("recording.jfr");
    Flight.record(file, USES, i -> i % 2 == 0 ? "outer" : Flight.HOSTILE);
    page = folder.resolve("page.html");
    assertThat(Ran.withal("timeline", file, "-o", page).exitCode()).isZero();
  }

  private static String attribute(String dom, String id) {
    Matcher matcher = Pattern.compile("id=\"" + id + "\"[^>]*data-count=\"(\\d+)\"").matcher(dom);
    assertThat(matcher.find()).as(id).isTrue();
    return matcher.group(1);
  }

  @Test
  void page_showsItsCountsAndWhatIsHeldAtTheEnd() throws Exception {
    String dom = browser.dom(folder, page, "");

    assertThat(dom).contains("data-ready=\"true\"");
    assertThat(attribute(dom, "n-uses")).isEqualTo("400");
    assertThat(attribute(dom, "n-open")).isEqualTo("1");
    assertThat(attribute(dom, "tree")).isEqualTo("1");
    assertThat(dom).containsPattern("<li><bdi>held</bdi>");
  }

  @Test
  void page_withHostileNames_showsThemAsTextAndRunsNothing() throws Exception {
    String dom = browser.dom(folder, page, "#name=script");

    assertThat(dom).contains("data-ready=\"true\"").doesNotContain("<img");
    assertThat(dom).contains("<bdi>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;");
    assertThat(dom).containsPattern("id=\"matching\"[^>]*>200 uses of 401 match<");
  }
}
