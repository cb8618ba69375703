package dev.withal.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What is published runs on Java 21. */
class ClassFilesTest {
  /** The version of class files that a Java 21 reads at most. */
  private static final int JAVA_21 = 65;

  static final List<String> PUBLISHED = Modules.PUBLISHED;

  @ParameterizedTest
  @FieldSource("PUBLISHED")
  void classesOfAPublishedModule_areReadByJava21(String module) throws IOException {
    List<Path> classes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Modules.ROOT.resolve(module).resolve("target/classes"))) {
      files.filter(file -> file.toString().endsWith(".class")).forEach(classes::add);
    }

    assertThat(classes)
        .isNotEmpty()
        .allSatisfy(file -> assertThat(version(file)).isEqualTo(JAVA_21));
  }

  private static int version(Path file) throws IOException {
    try (var in = new DataInputStream(Files.newInputStream(file))) {
      in.readInt();
      in.readUnsignedShort();
      return in.readUnsignedShort();
    }
  }
}
