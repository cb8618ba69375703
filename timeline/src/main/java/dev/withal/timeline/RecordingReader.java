package dev.withal.timeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import jdk.jfr.EventType;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Reads recordings of Flight Recorder, of which some are empty, cut off or of other programs.
 *
 * <p>Design: the JDK's reader checks little, and a damaged file can make it throw any exception.
 * Events read before that are kept.
 */
public final class RecordingReader {
  private RecordingReader() {}

  /**
   * {@return Withal's events of a recording}
   *
   * @param file the recording
   * @param most how many uses are kept at most
   * @param progress told how many events have been read, now and then
   * @throws Refusal if there is no such file, or nothing in it can be read
   */
  public static Recorded read(Path file, int most, LongConsumer progress) throws Refusal {
    check(file);
    long length = Chunks.completeLength(file);
    if (length == 0) {
      throw damaged(file, new IOException("its first part isn't complete"));
    }
    if (length == Chunks.length(file)) {
      return readParts(file, file, most, progress);
    }
    // The JDK's reader would lose the last event before what is missing.
    Path complete = Chunks.copy(file, length);
    try {
      Recorded recorded = readParts(complete, file, most, progress);
      recorded.cutOff();
      return recorded;
    } finally {
      Chunks.delete(complete);
    }
  }

  /** Reads a file that is told of by another name. */
  private static Recorded readParts(Path file, Path name, int most, LongConsumer progress)
      throws Refusal {
    var recorded = new Recorded(most);
    try (var events = new RecordingFile(file)) {
      boolean known = false;
      for (EventType type : events.readEventTypes()) {
        known |= isReadable(name, type);
      }
      if (!known) {
        throw new Refusal(
            name
                + " has no events of Withal: the program that was recorded hadn't Insight on, or has"
                + " no Withal");
      }
      try {
        readAll(events, recorded, progress);
      } catch (IOException | RuntimeException damaged) {
        recorded.cutOff();
      }
    } catch (IOException | RuntimeException damaged) {
      throw damaged(name, damaged);
    }
    return recorded;
  }

  private static Refusal damaged(Path file, Exception cause) {
    return new Refusal(
        file + " is cut off or damaged, so that nothing in it can be read: record anew", cause);
  }

  private static void readAll(RecordingFile events, Recorded recorded, LongConsumer progress)
      throws IOException {
    for (long count = 1; events.hasMoreEvents(); count++) {
      RecordedEvent event = events.readEvent();
      if (Recorded.isOurs(event.getEventType().getName())) {
        recorded.add(event);
      }
      if (count % 65_536 == 0) {
        progress.accept(count);
      }
    }
  }

  private static boolean isReadable(Path file, EventType type) throws Refusal {
    if (!Recorded.isOurs(type.getName())) {
      return false;
    }
    List<String> fields = type.getFields().stream().map(ValueDescriptor::getName).toList();
    if (!Recorded.isReadable(type.getName(), fields)) {
      throw new Refusal(
          file
              + " is of another version of Withal, whose events this command can't read: use the"
              + " command of that version");
    }
    return true;
  }

  private static void check(Path file) throws Refusal {
    if (!Files.exists(file)) {
      throw new Refusal(file + " doesn't exist");
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new Refusal(file + " can't be read: it must be a file, and this user's to read");
    }
    if (Chunks.length(file) == 0) {
      throw new Refusal(file + " is empty: the recording hadn't begun, or was never written");
    }
    if (!Chunks.isRecording(file)) {
      throw new Refusal(file + " isn't a recording of Flight Recorder");
    }
  }
}
