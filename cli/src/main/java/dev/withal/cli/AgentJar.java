package dev.withal.cli;

import dev.withal.insight.Insight;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * The jars that another process is given, made when they are needed.
 *
 * <p>Design: the command's own jar would do as an agent, but would put picocli and all of the
 * command on the other program's class path.
 */
final class AgentJar {
  private AgentJar() {}

  /** {@return the agent, with its one class} */
  static Path ofAgent(Path folder) throws IOException {
    var manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Agent-Class", SwitchOn.class.getName());
    Path jar = folder.resolve("withal-agent.jar");
    String entry = SwitchOn.class.getName().replace('.', '/') + ".class";
    try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        InputStream in = SwitchOn.class.getResourceAsStream("SwitchOn.class")) {
      if (in == null) {
        throw new IOException(entry + " is missing");
      }
      out.putNextEntry(new JarEntry(entry));
      in.transferTo(out);
    }
    return jar;
  }

  /** {@return Insight as this command has it} */
  static Path ofInsight(Path folder) throws IOException {
    Path source;
    try {
      source = Path.of(Insight.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException impossible) {
      throw new IOException(impossible);
    }
    // A copy even of a jar: that of a build may be replaced while the other process has it open.
    Path jar = folder.resolve("withal-insight.jar");
    if (Files.isRegularFile(source)) {
      return Files.copy(source, jar);
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(source)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Path file : files) {
        String name = source.relativize(file).toString().replace('\\', '/');
        out.putNextEntry(new JarEntry(name));
        Files.copy(file, out);
      }
    }
    return jar;
  }
}
