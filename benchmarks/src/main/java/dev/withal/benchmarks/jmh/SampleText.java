package dev.withal.benchmarks.jmh;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;

/** A line of text, and what it is encoded in. */
public enum SampleText {
  ASCII("The quick brown fox jumps over the lazy dog, 12345", UTF_8),
  CHINESE("春眠不覺曉處處聞啼鳥夜來風雨聲花落知多少", UTF_8),
  ACCENTS("Élève à l'école, où façade et Noël übergroß", UTF_8),
  WINDOWS_1252(ACCENTS.line, Charset.forName("windows-1252")),
  ISO_8859_15(ACCENTS.line, Charset.forName("ISO-8859-15")),
  GBK("春眠不觉晓处处闻啼鸟夜来风雨声", Charset.forName("GBK")),
  SHIFT_JIS("いろはにほへとちりぬるを日本語テスト行", Charset.forName("Shift_JIS")),
  UTF_16_TEXT(ACCENTS.line, UTF_16);

  final String line;
  final Charset charset;

  SampleText(String line, Charset charset) {
    this.line = line;
    this.charset = charset;
  }

  /** {@return a file of so many lines} */
  BenchmarkFile file(long lines) throws IOException {
    return file(lines, line + "\n");
  }

  /** {@return a file of one line of so many bytes, or some fewer} */
  BenchmarkFile fileOfOneLine(long bytes) throws IOException {
    return file(bytes / line.getBytes(charset).length, line);
  }

  private BenchmarkFile file(long times, String piece) throws IOException {
    Path path = Files.createTempFile("withal-benchmark", "");
    path.toFile().deleteOnExit();
    try (BufferedWriter writer = Files.newBufferedWriter(path, charset)) {
      for (long i = 0; i < times; i++) {
        writer.write(piece);
      }
    }
    return new BenchmarkFile(path);
  }
}
