package dev.withal.timeline;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page of a recording: one file of HTML that needs nothing else.
 *
 * <p>Design: what a program calls its contexts is in one block of data, in which no sign can end
 * the block, and the script shows it as text only. Besides, the page lets nothing run but that one
 * script, by its hash, and load nothing at all.
 */
public final class Page {
  private Page() {}

  /** Writes a page, as a whole or not at all. */
  public static void write(Recorded recorded, String title, Path file) throws Refusal {
    try {
      Path target = file.toAbsolutePath();
      Path folder = target.getParent();
      if (folder == null || Files.isDirectory(target)) {
        throw new Refusal(file + " can't be written: it is a folder");
      }
      Path written =
          folder.resolve("." + target.getFileName() + "." + ProcessHandle.current().pid());
      try {
        Files.writeString(written, html(recorded, title), StandardOpenOption.CREATE_NEW);
        Files.move(written, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException failure) {
      throw new Refusal(
          file
              + " can't be written: "
              + failure.getClass().getSimpleName()
              + " "
              + failure.getMessage(),
          failure);
    }
  }

  public static String html(Recorded recorded, String title) throws IOException {
    String script = part("page.js");
    String style = part("page.css");
    return part("page.html")
        .replace("{{script-hash}}", hash(script))
        .replace("{{style-hash}}", hash(style))
        .replace("{{style}}", style)
        .replace("{{script}}", script)
        // Last, as nothing in the data stands for anything.
        .replace("{{data}}", PageData.of(recorded, title));
  }

  private static String part(String name) throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
