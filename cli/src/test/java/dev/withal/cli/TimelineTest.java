package dev.withal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.timeline.Recorded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of recordings. */
class TimelineTest {
  private static final int USES = 1_200;

  @TempDir private static Path shared;
  private static Path file;

  @TempDir private Path folder;

  @BeforeAll
  static void record() throws Exception {
    file = shared.resolve("recording.jfr");
    Flight.record(file, USES, i -> i % 5 == 0 ? Flight.HOSTILE : "name " + i % 7);
  }

  private Ran timeline(Path recording) {
    return Ran.withal("timeline", recording, "-o", folder.resolve("page.html"));
  }

  private String page() throws IOException {
    return Files.readString(folder.resolve("page.html"));
  }

  @Test
  void page_countsWhatJfrCounts() throws Exception {
    Ran ran = timeline(file);

    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .isEqualTo(
            folder.resolve("page.html") + ": 1200 uses, 1 still held, 0 leaked, 0 reports\n");
    assertThat(counts(page())).isEqualTo(summary(file));
  }

  /** {@return what a page counts, by the events that it has counted} */
  private static Map<String, String> counts(String page) {
    Map<String, String> counts = new TreeMap<>();
    Map.of(
            "uses", Recorded.USE,
            "heldEvents", Recorded.HELD,
            "leakEvents", Recorded.LEAK,
            "reportEvents", Recorded.REPORT)
        .forEach((key, event) -> {
          Matcher count = Pattern.compile("\"" + key + "\":(\\d+),").matcher(page);
          assertThat(count.find()).isTrue();
          // The JDK's tool says nothing of what there is none of, or 0.
          if (!count.group(1).equals("0")) {
            counts.put(event, count.group(1));
          }
        });
    return counts;
  }

  /** {@return how many events of ours the JDK's own tool counts} */
  private static Map<String, String> summary(Path file) throws IOException {
    Process jfr =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jfr").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "summary",
                file.toString())
            .redirectErrorStream(true)
            .start();
    Map<String, String> counts = new TreeMap<>();
    Pattern line = Pattern.compile("(?m)^ *(dev\\.withal\\.\\w+) +(\\d+)");
    Matcher matcher =
        line.matcher(new String(jfr.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    while (matcher.find()) {
      counts.put(matcher.group(1), matcher.group(2));
    }
    counts.values().removeIf("0"::equals);
    return counts;
  }

  @Test
  void name_thatIsHostile_staysInTheData() throws Exception {
    timeline(file);
    String page = page();

    assertThat(page).doesNotContain("<img").doesNotContain("\u202e").doesNotContain("\u0000");
    assertThat(page.split("</script>", -1)).hasSize(3);
    assertThat(page)
        .contains("\\u003c/script\\u003e\\u003cimg src=x onerror=alert(1)\\u003e\\u0022'\\u0026");
  }

  @Test
  void page_needsNoNetworkAndRunsItsOwnScriptAlone() throws Exception {
    timeline(file);

    assertThat(page().replaceAll("(?s)<script type=\"application/json\".*?</script>", ""))
        .containsPattern("default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}'")
        .doesNotContain("http://")
        .doesNotContain("https://")
        .doesNotContain("src=")
        .doesNotContain("href=")
        .doesNotContain("url(")
        .doesNotContain("innerHTML");
  }

  @Test
  void file_thatIsMissing_isRefused() {
    Path missing = folder.resolve("missing.jfr");
    assertRefused(missing, missing + " doesn't exist");
    assertRefused(folder, folder + " can't be read: it must be a file, and this user's to read");
  }

  @Test
  void file_thatIsEmpty_isRefused() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.jfr"));
    assertRefused(empty, empty + " is empty: the recording hadn't begun, or was never written");
  }

  @Test
  void file_thatIsNoRecording_isRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jfr"), "FLIGHT");
    assertRefused(text, text + " isn't a recording of Flight Recorder");
  }

  @Test
  void recording_withNothingOfWithal_isAnEmptyPage() throws IOException {
    Path nothing = folder.resolve("nothing.jfr");
    try (var recording = new Recording()) {
      recording.enable("jdk.JVMInformation");
      recording.start();
      recording.stop();
      recording.dump(nothing);
    }
    assertThat(timeline(nothing).out()).contains(": 0 uses, 0 still held, 0 leaked, 0 reports");
  }

  @Test
  void recording_ofAProgramWithoutWithal_isRefused() throws Exception {
    Path foreign = folder.resolve("foreign.jfr");
    try (Running program =
        Running.program(
            "-XX:StartFlightRecording:settings=none,+jdk.JVMInformation#enabled=true,filename="
                + foreign)) {
      program.process.getOutputStream().close();
      program.process.waitFor();
    }
    assertRefused(
        foreign,
        foreign
            + " has no events of Withal: the program that was recorded hadn't Insight on, or has no"
            + " Withal");
  }

  @Test
  void recording_thatIsCutOff_isRefusedOrShownUpToThere() throws Exception {
    byte[] whole = Files.readAllBytes(file);
    for (int length = 5; length < whole.length; length += whole.length / 12) {
      Path cut = folder.resolve("cut.jfr");
      Files.write(cut, Arrays.copyOf(whole, length));

      assertRefused(
          cut, cut + " is cut off or damaged, so that nothing in it can be read: record anew");
    }
  }

  @Test
  void recording_whoseSecondPartIsCutOff_isShownUpToThere() throws Exception {
    byte[] part = Files.readAllBytes(file);
    byte[] both = Arrays.copyOf(part, 2 * part.length - 2_000);
    System.arraycopy(part, 0, both, part.length, part.length - 2_000);
    Path cut = Files.write(folder.resolve("cut.jfr"), both);

    Ran ran = timeline(cut);

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.err())
        .isEqualTo("cut.jfr is cut off or damaged: the page has what comes before that\n");
    assertThat(ran.out()).contains(": 1200 uses, 1 still held");
    assertThat(page()).contains("\"complete\":false");
  }

  @Test
  void recording_thatIsDamaged_isRefusedOrShownUpToThere() throws Exception {
    byte[] whole = Files.readAllBytes(file);
    for (int at = 100; at < whole.length; at += whole.length / 12) {
      byte[] damaged = whole.clone();
      Arrays.fill(damaged, at, Math.min(whole.length, at + 40), (byte) 0xff);
      Ran ran = timeline(Files.write(folder.resolve("damaged.jfr"), damaged));

      assertThat(ran.err()).doesNotContain("\tat ").doesNotContain("defect");
      assertThat(ran.exitCode()).isBetween(0, 1);
    }
  }

  /** The JDK's reader would go round in a circle. */
  @Test
  void recording_whoseEventLeadsBackToTheOneBefore_isRefused() throws Exception {
    byte[] circle = Files.readAllBytes(file);
    int before = 68;
    int size = sizeOfEvent(circle, before);
    while (size < 20 || size > 100) {
      before += size;
      size = sizeOfEvent(circle, before);
    }
    // A size that is negative, in five bytes of seven bits, and a type that isn't known.
    byte[] back = new byte[8];
    long negative = Integer.toUnsignedLong(-size);
    for (int i = 0; i < 5; i++) {
      long bits = (negative >> (7 * i)) & 0x7f;
      back[i] = (byte) (i < 4 ? bits | 0x80 : bits);
    }
    System.arraycopy(new byte[] {-1, -1, 127}, 0, back, 5, 3);
    System.arraycopy(back, 0, circle, before + size, back.length);
    Path damaged = Files.write(folder.resolve("circle.jfr"), circle);

    assertRefused(
        damaged,
        damaged + " is cut off or damaged, so that nothing in it can be read: record anew");
  }

  private static int sizeOfEvent(byte[] recording, int at) {
    int size = 0;
    for (int i = 0; ; i++) {
      size |= (recording[at + i] & 0x7f) << (7 * i);
      if (recording[at + i] >= 0) {
        return size;
      }
    }
  }

  private void assertRefused(Path recording, String sentence) {
    assertThat(timeline(recording)).isEqualTo(new Ran(1, "", "withal: " + sentence + "\n"));
    assertThat(folder.resolve("page.html")).doesNotExist();
  }
}
