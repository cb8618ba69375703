package dev.withal.architecture;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the documentation says is run: each block of Java or Kotlin in it is a region of code that
 * the build executes, each relative link leads somewhere, and each test that it names is there.
 *
 * <p>With {@code -Dsnippets.update=true}, the regions are written into the blocks.
 */
class SnippetsTest {
  private static final boolean UPDATE = Boolean.getBoolean("snippets.update");

  private static final Pattern FENCE = Pattern.compile("```(\\w*)");

  /** The languages of blocks that are regions of code. */
  private static final Set<String> COMPILED = Set.of("java", "kotlin");

  private static final Pattern SNIPPET =
      Pattern.compile("<!-- snippet: (?<file>[^#\\s]+)#(?<region>[\\w-]+) -->");

  /** Above a block that is itself the source: a test takes it from the page and runs it. */
  private static final Pattern PROGRAM = Pattern.compile("<!-- program: (?<file>\\S+) -->");

  private static final Pattern EXECUTED =
      Pattern.compile(
          ".+/src/test/(java|kotlin)/.+Test\\.(java|kt)|examples/.+/src/main/java/.+\\.java");
  private static final Pattern START = Pattern.compile("\\s*// @start region=\"?([\\w-]+)\"?");
  private static final Pattern END = Pattern.compile("\\s*// @end");

  private static final Pattern LINK =
      Pattern.compile("]\\((?<path>[^)#\\s]*)(?:#(?<place>\\S+))?\\)");
  private static final Pattern CODE = Pattern.compile("`[^`]*`");
  private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|Stories))(?:\\.(\\w+))?`");
  private static final Pattern METHOD = Pattern.compile("\\bvoid (\\w+)\\(");

  private static final int FEWEST = 100;

  private final List<String> problems = new ArrayList<>();

  @Test
  void blocksOfCode_areRegionsOfExecutedCode() throws IOException {
    int blocks = 0;
    for (Path page : pages()) {
      blocks += checkBlocks(page);
    }

    assertThat(problems).isEmpty();
    assertThat(blocks).isGreaterThanOrEqualTo(FEWEST);
  }

  @Test
  void relativeLinks_leadSomewhere() throws IOException {
    int links = 0;
    for (Path page : pages()) {
      for (MatchResult link : matches(LINK, prose(page))) {
        if (!ELSEWHERE.matcher(link.group("path")).matches()) {
          links++;
          checkLink(page, link.group("path"), link.group("place"));
        }
      }
    }

    assertThat(problems).isEmpty();
    assertThat(links).isGreaterThanOrEqualTo(FEWEST);
  }

  @Test
  void namedTests_exist() throws IOException {
    Map<String, Set<String>> tests = tests();
    int named = 0;
    for (Path page : pagesThatNameTests()) {
      for (MatchResult test : matches(TEST, Files.readString(page))) {
        named++;
        Set<String> methods = tests.getOrDefault(test.group(1), Set.of());
        if (methods.isEmpty()) {
          problems.add(name(page) + " names the class " + test.group(1) + ", which is not there");
        } else if (test.group(2) != null && !methods.contains(test.group(2))) {
          problems.add(name(page) + " names the test " + test.group() + ", which is not there");
        }
      }
    }

    assertThat(problems).isEmpty();
    assertThat(named).isGreaterThanOrEqualTo(FEWEST);
  }

  @Test
  void testsOfLaws_areNamedInTheGuarantees() throws IOException {
    List<String> laws = tests().keySet().stream().filter(test -> test.matches("L\\d+.*")).toList();
    String guarantees = Files.readString(Modules.ROOT.resolve("docs/guarantees.md"));

    assertThat(laws).hasSizeGreaterThanOrEqualTo(16);
    assertThat(laws).filteredOn(law -> !guarantees.contains("`" + law + "`")).isEmpty();
  }

  // ---- blocks ----------------------------------------------------------------------------------

  private int checkBlocks(Path page) throws IOException {
    List<String> lines = Files.readAllLines(page);
    var updated = new ArrayList<String>();
    int blocks = 0;
    int at = 0;
    while (at < lines.size()) {
      updated.add(lines.get(at));
      Matcher fence = FENCE.matcher(lines.get(at));
      if (!fence.lookingAt()) {
        at++;
        continue;
      }
      int end = at + 1 + lines.subList(at + 1, lines.size()).indexOf("```");
      if (end == at) {
        problems.add(place(page, at) + "the block has no end");
        return blocks;
      }
      List<String> block = lines.subList(at + 1, end);
      if (COMPILED.contains(fence.group(1).toLowerCase(Locale.ROOT))) {
        blocks++;
        String comment = at == 0 ? "" : lines.get(at - 1);
        updated.addAll(UPDATE ? region(page, at, comment, block) : check(page, at, comment, block));
      } else {
        updated.addAll(block);
      }
      updated.add("```");
      at = end + 1;
    }
    if (UPDATE && problems.isEmpty()) {
      Files.write(page, updated);
    }
    return blocks;
  }

  private List<String> check(Path page, int at, String comment, List<String> block)
      throws IOException {
    List<String> region = region(page, at, comment, block);
    if (problems.isEmpty() && !region.equals(block)) {
      problems.add(
          place(page, at)
              + "the block differs from its region: change it there, and run with"
              + " -Dsnippets.update=true");
    }
    return block;
  }

  /**
   * {@return the lines of the region that a comment names, dedented; none if there is a problem}
   */
  private List<String> region(Path page, int at, String comment, List<String> block)
      throws IOException {
    Matcher snippet = SNIPPET.matcher(comment);
    Matcher program = PROGRAM.matcher(comment);
    if (program.matches() && Files.isRegularFile(Modules.ROOT.resolve(program.group("file")))) {
      return block;
    }
    if (!snippet.matches()) {
      problems.add(place(page, at) + "put <!-- snippet: path/of/AnyTest.java#region --> above it");
      return List.of();
    }
    String name = snippet.group("file");
    Path file = Modules.ROOT.resolve(name);
    if (!EXECUTED.matcher(name).matches() || !Files.isRegularFile(file)) {
      problems.add(place(page, at) + name + " is no test and no example");
      return List.of();
    }
    List<String> found = region(file, snippet.group("region"));
    if (found.isEmpty()) {
      problems.add(place(page, at) + "the region is not there, or not once: " + comment);
    }
    return found;
  }

  private static List<String> region(Path file, String name) throws IOException {
    var open = new ArrayDeque<String>();
    var region = new StringBuilder();
    int times = 0;
    for (String line : Files.readAllLines(file)) {
      Matcher start = START.matcher(line);
      if (start.matches()) {
        open.push(start.group(1));
        times += start.group(1).equals(name) ? 1 : 0;
      } else if (END.matcher(line).matches()) {
        open.pop();
      } else if (open.contains(name)) {
        region.append(line).append('\n');
      }
    }
    return times == 1 && open.isEmpty()
        ? region.toString().stripTrailing().stripIndent().replaceFirst("^\n+", "").lines().toList()
        : List.of();
  }

  // ---- links -----------------------------------------------------------------------------------

  private void checkLink(Path page, String path, String place) throws IOException {
    Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
    if (path.startsWith("/") || !target.startsWith(Modules.ROOT) || !Files.exists(target)) {
      problems.add(name(page) + " links to " + path + ", which is not there");
    } else if (place != null && !places(target).contains(place)) {
      problems.add(
          name(page) + " links to #" + place + " of " + name(target) + ": no such heading");
    }
  }

  /** {@return the anchors of a page's headings, as the usual renderers make them} */
  private static Set<String> places(Path page) throws IOException {
    return outsideBlocks(page)
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(toSet());
  }

  /** {@return a page without its code} */
  private static String prose(Path page) throws IOException {
    return CODE.matcher(outsideBlocks(page)).replaceAll("");
  }

  private static String outsideBlocks(Path page) throws IOException {
    var text = new StringBuilder();
    boolean inside = false;
    for (String line : Files.readAllLines(page)) {
      boolean fence = FENCE.matcher(line).lookingAt();
      if (!fence && !inside) {
        text.append(line).append('\n');
      }
      inside ^= fence;
    }
    return text.toString();
  }

  // ---- pages and tests -------------------------------------------------------------------------

  private static List<Path> pages() throws IOException {
    try (Stream<Path> root = Files.list(Modules.ROOT);
        Stream<Path> docs = Files.walk(Modules.ROOT.resolve("docs"));
        Stream<Path> examples = Files.list(Modules.ROOT.resolve("examples"))) {
      Stream<Path> modules =
          Stream.concat(examples, Stream.of(Modules.ROOT.resolve("conformance")));
      return Stream.of(root, docs, modules.map(module -> module.resolve("README.md")))
          .flatMap(pages -> pages)
          .filter(page -> page.toString().endsWith(".md") && Files.isRegularFile(page))
          .sorted()
          .toList();
    }
  }

  private static List<Path> pagesThatNameTests() throws IOException {
    return pages().stream()
        .filter(page -> name(page).matches("docs/(guarantees|tables/.*)\\.md"))
        .toList();
  }

  /** {@return the names of the methods of each test class} */
  private static Map<String, Set<String>> tests() {
    return Modules.sources().stream()
        .filter(source -> source.toString().matches(".*(Test|Stories)\\.java"))
        .flatMap(source -> methods(source).map(method -> Map.entry(testClass(source), method)))
        .collect(groupingBy(Map.Entry::getKey, mapping(Map.Entry::getValue, toSet())));
  }

  private static String testClass(Path source) {
    return source.getFileName().toString().replace(".java", "");
  }

  private static Stream<String> methods(Path source) {
    try {
      return matches(METHOD, Files.readString(source)).stream().map(method -> method.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<MatchResult> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().toList();
  }

  private static String place(Path page, int index) {
    return name(page) + ":" + (index + 1) + ": ";
  }

  private static String name(Path page) {
    return Modules.ROOT.relativize(page).toString().replace('\\', '/');
  }
}
