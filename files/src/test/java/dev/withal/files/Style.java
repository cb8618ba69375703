package dev.withal.files;

import dev.withal.Async;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The two ways to call an operation, so that one test body can say what holds in both. */
enum Style {
  DIRECT {
    @Override
    int read(AsyncFile file, ByteBuffer target) throws Exception {
      return file.read(target);
    }

    @Override
    byte[] readAllBytes(AsyncFile file) throws Exception {
      return file.readAllBytes();
    }

    @Override
    String readString(AsyncFile file, Charset charset) throws Exception {
      return file.text(charset).readString();
    }

    @Override
    void write(AsyncFile file, ByteBuffer source) throws Exception {
      file.write(source);
    }

    @Override
    long size(AsyncFile file) throws Exception {
      return file.size();
    }

    @Override
    long position(AsyncFile file) throws Exception {
      return file.position();
    }

    @Override
    void seek(AsyncFile file, long position) throws Exception {
      file.seek(position);
    }

    @Override
    void force(AsyncFile file) throws Exception {
      file.force();
    }

    @Override
    void flush(AsyncFile file) throws Exception {
      file.flush();
    }

    @Override
    void truncate(AsyncFile file, long size) throws Exception {
      file.truncate(size);
    }

    @Override
    int readAt(AsyncFile file, long position, ByteBuffer target) throws Exception {
      return file.readAt(position, target);
    }

    @Override
    void writeAt(AsyncFile file, long position, ByteBuffer source) throws Exception {
      file.writeAt(position, source);
    }

    @Override
    byte[] readBytes(AsyncFile file, int count) throws Exception {
      return file.readBytes(count);
    }

    @Override
    @Nullable String readLine(AsyncTextFile file) throws Exception {
      return file.readLine();
    }

    @Override
    String readRest(AsyncTextFile file) throws Exception {
      return file.readString();
    }

    @Override
    String readString(AsyncTextFile file, int count) throws Exception {
      return file.readCharacters(count);
    }

    @Override
    void write(AsyncTextFile file, String text) throws Exception {
      file.write(text);
    }

    @Override
    void writeLine(AsyncTextFile file, String text) throws Exception {
      file.writeLine(text);
    }

    @Override
    AsyncTextFile textByMark(AsyncFile file, Charset otherwise) throws Exception {
      return file.textByMark(otherwise);
    }

    @Override
    long transferTo(AsyncFile file, AsyncFile target) throws Exception {
      return file.transferTo(target);
    }
  },

  STAGE {
    @Override
    int read(AsyncFile file, ByteBuffer target) throws Exception {
      return Async.<Integer, Exception>await(file.readAsync(target));
    }

    @Override
    byte[] readAllBytes(AsyncFile file) throws Exception {
      return Async.<byte[], Exception>await(file.readAllBytesAsync());
    }

    @Override
    String readString(AsyncFile file, Charset charset) throws Exception {
      return Async.<String, Exception>await(file.text(charset).readStringAsync());
    }

    @Override
    void write(AsyncFile file, ByteBuffer source) throws Exception {
      Async.<Void, Exception>await(file.writeAsync(source));
    }

    @Override
    long size(AsyncFile file) throws Exception {
      return Async.<Long, Exception>await(file.sizeAsync());
    }

    @Override
    long position(AsyncFile file) throws Exception {
      return Async.<Long, Exception>await(file.positionAsync());
    }

    @Override
    void seek(AsyncFile file, long position) throws Exception {
      Async.<Void, Exception>await(file.seekAsync(position));
    }

    @Override
    void force(AsyncFile file) throws Exception {
      Async.<Void, Exception>await(file.forceAsync());
    }

    @Override
    void flush(AsyncFile file) throws Exception {
      Async.<Void, Exception>await(file.flushAsync());
    }

    @Override
    void truncate(AsyncFile file, long size) throws Exception {
      Async.<Void, Exception>await(file.truncateAsync(size));
    }

    @Override
    int readAt(AsyncFile file, long position, ByteBuffer target) throws Exception {
      return Async.<Integer, Exception>await(file.readAtAsync(position, target));
    }

    @Override
    void writeAt(AsyncFile file, long position, ByteBuffer source) throws Exception {
      Async.<Void, Exception>await(file.writeAtAsync(position, source));
    }

    @Override
    byte[] readBytes(AsyncFile file, int count) throws Exception {
      return Async.<byte[], Exception>await(file.readBytesAsync(count));
    }

    @Override
    @Nullable String readLine(AsyncTextFile file) throws Exception {
      return Async.<String, Exception>await(file.readLineAsync());
    }

    @Override
    String readRest(AsyncTextFile file) throws Exception {
      return Async.<String, Exception>await(file.readStringAsync());
    }

    @Override
    String readString(AsyncTextFile file, int count) throws Exception {
      return Async.<String, Exception>await(file.readCharactersAsync(count));
    }

    @Override
    void write(AsyncTextFile file, String text) throws Exception {
      Async.<Void, Exception>await(file.writeAsync(text));
    }

    @Override
    void writeLine(AsyncTextFile file, String text) throws Exception {
      Async.<Void, Exception>await(file.writeLineAsync(text));
    }

    @Override
    AsyncTextFile textByMark(AsyncFile file, Charset otherwise) throws Exception {
      return Async.<AsyncTextFile, Exception>await(file.textByMarkAsync(otherwise));
    }

    @Override
    long transferTo(AsyncFile file, AsyncFile target) throws Exception {
      return Async.<Long, Exception>await(file.transferToAsync(target));
    }
  };

  /** A test that runs once in each style. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @ParameterizedTest
  @EnumSource
  @interface InBoth {}

  abstract int read(AsyncFile file, ByteBuffer target) throws Exception;

  abstract byte[] readAllBytes(AsyncFile file) throws Exception;

  abstract String readString(AsyncFile file, Charset charset) throws Exception;

  abstract void write(AsyncFile file, ByteBuffer source) throws Exception;

  abstract long size(AsyncFile file) throws Exception;

  abstract long position(AsyncFile file) throws Exception;

  abstract void seek(AsyncFile file, long position) throws Exception;

  abstract void force(AsyncFile file) throws Exception;

  abstract void flush(AsyncFile file) throws Exception;

  abstract void truncate(AsyncFile file, long size) throws Exception;

  abstract int readAt(AsyncFile file, long position, ByteBuffer target) throws Exception;

  abstract void writeAt(AsyncFile file, long position, ByteBuffer source) throws Exception;

  abstract byte[] readBytes(AsyncFile file, int count) throws Exception;

  abstract @Nullable String readLine(AsyncTextFile file) throws Exception;

  abstract String readRest(AsyncTextFile file) throws Exception;

  abstract String readString(AsyncTextFile file, int count) throws Exception;

  abstract void write(AsyncTextFile file, String text) throws Exception;

  abstract void writeLine(AsyncTextFile file, String text) throws Exception;

  abstract AsyncTextFile textByMark(AsyncFile file, Charset otherwise) throws Exception;

  abstract long transferTo(AsyncFile file, AsyncFile target) throws Exception;
}
