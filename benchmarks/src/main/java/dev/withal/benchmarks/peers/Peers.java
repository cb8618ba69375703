package dev.withal.benchmarks.peers;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Finds peers by name, those of other modules included. */
public final class Peers {
  private Peers() {}

  /**
   * {@return the peer of a class in this package}
   *
   * @param name the class's simple name
   * @param kind what it must be
   * @param <P> what it must be
   */
  public static <P> P named(String name, Class<P> kind) {
    return load(Peers.class.getClassLoader(), name, kind);
  }

  /**
   * {@return as many peers of one class as asked for, each with call sites of its own} As if its
   * code stood at as many places in a program: the peer's lambdas have as many classes, and the
   * compiler can't tell which one is called.
   *
   * @param name the class's simple name
   * @param count how many
   * @param kind what it must be
   * @param <P> what it must be
   */
  public static <P> Stream<P> copies(String name, int count, Class<P> kind) {
    return IntStream.range(0, count).mapToObj(_ -> load(new Copying(className(name)), name, kind));
  }

  private static <P> P load(ClassLoader loader, String name, Class<P> kind) {
    try {
      var constructor = Class.forName(className(name), true, loader).getDeclaredConstructor();
      return kind.cast(constructor.newInstance());
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("there is no peer named " + name, e);
    }
  }

  private static String className(String name) {
    return Peers.class.getPackageName() + "." + name;
  }

  /** Defines one class and those nested in it anew, and has all others from where they are. */
  private static final class Copying extends ClassLoader {
    private final String copied;

    Copying(String copied) {
      super(Peers.class.getClassLoader());
      this.copied = copied;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(copied) && !name.startsWith(copied + "$")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? copy(name) : loaded;
      }
    }

    private Class<?> copy(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      try (InputStream in = Objects.requireNonNull(getParent()).getResourceAsStream(file)) {
        byte[] bytes = Objects.requireNonNull(in, file).readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException | NullPointerException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
