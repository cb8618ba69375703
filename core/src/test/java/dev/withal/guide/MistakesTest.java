package dev.withal.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What javac says of the mistakes in {@code mistakes.txt}, which are those of a new user. */
@Tag("slow")
class MistakesTest {
  private static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();
  private static final int FEWEST = 30;

  private static final String BEFORE =
      """
      import dev.withal.*;
      import java.io.*;
      import java.nio.file.*;
      import java.time.Duration;
      import java.util.concurrent.*;

      class Mistake {
        static final class Connection {
          int count(String table) throws IOException {
            return 3;
          }

          CompletableFuture<Integer> countAsync(String table) {
            return CompletableFuture.completedFuture(3);
          }

          void close() {}

          CompletableFuture<Void> closeAsync() {
            return CompletableFuture.completedFuture(null);
          }
        }

        static CompletableFuture<Connection> connectAsync() {
          return CompletableFuture.completedFuture(new Connection());
        }

        static void log(String line) {}

        final AsyncContextManager<Connection> connection =
            AsyncContextManager.closing(Mistake::connectAsync, Connection::closeAsync);
        final ContextManager<BufferedReader> reader =
            ContextManager.closing(() -> Files.newBufferedReader(Path.of("orders.csv")));
        final AsyncContextManager<String> name = AsyncContextManager.ofValue("orders");

      """;

  @TempDir Path folder;

  /** One of the file: what is written, what javac says of it, and what is written instead. */
  record Mistake(String title, String code, String says, String mend) {
    static Mistake of(String text) {
      List<String> lines = text.lines().toList();
      return new Mistake(
          lines.get(0).substring(2),
          lines.get(1),
          lines.get(2).substring(2),
          lines.get(3).substring(2));
    }

    /** The code as a member of a class: M is one already, N declares no exception. */
    String member() {
      return switch (code.substring(0, 2)) {
        case "M " -> code.substring(2);
        case "N " -> method("mistake()", code.substring(2));
        default -> method("mistake() throws Exception", code);
      };
    }

    static String method(String head, String code) {
      return "  void " + head + " {\n    " + code + "\n  }\n";
    }

    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Mistake> mistakes() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(MistakesTest.class.getResourceAsStream("mistakes.txt"))) {
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      return Stream.of(text.split("\n\n")).filter(part -> part.startsWith("# ")).map(Mistake::of);
    }
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistake_compiled_isToldByWhatLeadsToItsMend(Mistake mistake) {
    List<String> errors = compile(mistake.member());

    assertThat(errors).isNotEmpty();
    assertThat(errors.getFirst()).contains(mistake.says());
  }

  @Test
  void mends_compile() throws IOException {
    List<Mistake> all = mistakes().toList();
    var members = new StringBuilder();
    for (Mistake mistake : all) {
      String head = "mend" + members.length() + "() throws Exception";
      members.append(Mistake.method(head, mistake.mend()));
    }

    assertThat(all).hasSizeGreaterThanOrEqualTo(FEWEST);
    assertThat(compile(members.toString())).isEmpty();
  }

  /** {@return javac's errors, in their order} */
  private List<String> compile(String members) {
    String text = BEFORE + members + "}\n";
    var source =
        new SimpleJavaFileObject(URI.create("string:///Mistake.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    var told = new DiagnosticCollector<JavaFileObject>();
    List<String> options =
        List.of("-proc:none", "-d", folder.toString(), "-cp", classPath(), "-nowarn");
    JAVAC.getTask(null, null, told, options, null, List.of(source)).call();
    var errors = new ArrayList<String>();
    for (Diagnostic<? extends JavaFileObject> each : told.getDiagnostics()) {
      if (each.getKind() == Diagnostic.Kind.ERROR) {
        errors.add(each.getMessage(Locale.ROOT));
      }
    }
    return errors;
  }

  /** Core alone, as a user has it. */
  private static String classPath() {
    return new File(Async.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .getAbsolutePath();
  }
}
