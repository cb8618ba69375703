package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.NonBlocking;

/** L14: a thread of a class that no thread had before is told from others by the same rules. */
class L14NewThreadsTest {
  private static final String NETTY_THREAD = "io.netty.util.concurrent.FastThreadLocalThread";
  private static final String NETTY_RECORD = "io.netty.util.internal.ThreadExecutorMap";

  @Test
  void thread_ofAnOrdinaryClass_isNoEventLoop() throws Exception {
    assertThat(isEventLoop(Ordinary.class)).isFalse();
  }

  @Test
  void thread_ofAnOrdinaryClassWithoutNettyAround_isNoEventLoop() throws Exception {
    Class<?> type = new WithoutRecord().loadClass(Ordinary.class.getName());
    var answer = new CompletableFuture<Boolean>();

    thread(type, () -> answer.complete(EventLoops.isCurrent())).start();

    assertThat(answer.join()).isFalse();
  }

  @Test
  void thread_markedByReactor_isAnEventLoop() throws Exception {
    assertThat(isEventLoop(Marked.class)).isTrue();
  }

  @Test
  void thread_whoseSuperclassIsMarkedByReactor_isAnEventLoop() throws Exception {
    assertThat(isEventLoop(MarkedAbove.class)).isTrue();
  }

  @Test
  void thread_ofNettyWithoutAnExecutor_isNoEventLoop() throws Exception {
    assertThat(isEventLoop(Fast.class)).isFalse();
  }

  @Test
  void thread_ofNettyThatRunsAnEventLoop_isAnEventLoop() throws Exception {
    assertThat(runsEventLoop(Loop.class)).isTrue();
  }

  @Test
  void thread_ofNettyThatRunsAWorker_isNoEventLoop() throws Exception {
    assertThat(runsEventLoop(Worker.class)).isFalse();
  }

  @Test
  void thread_ofANettyThatKeepsNoRecord_isTakenForAnEventLoop() throws Exception {
    Class<?> type = new WithoutRecord().loadClass(NETTY_THREAD);
    var answer = new CompletableFuture<Boolean>();

    thread(type, () -> answer.complete(EventLoops.isCurrent())).start();

    assertThat(answer.join()).isTrue();
  }

  private static boolean isEventLoop(Class<? extends Thread> type) throws Exception {
    var answer = new CompletableFuture<Boolean>();
    thread(anew(type), () -> answer.complete(EventLoops.isCurrent())).start();
    return answer.join();
  }

  /** {@return whether a thread of Netty that runs the executor is taken for an event loop} */
  private static boolean runsEventLoop(Class<? extends EventExecutor> type) throws Exception {
    Class<?> fast = anew(Fast.class);
    ThreadFactory factory = task -> thread(fast, task);
    var executor =
        (EventExecutor) anew(type).getDeclaredConstructor(ThreadFactory.class).newInstance(factory);
    try {
      return executor.submit(EventLoops::isCurrent).get();
    } finally {
      executor.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  private static Thread thread(Class<?> type, Runnable task) {
    try {
      return (Thread) type.getDeclaredConstructor(Runnable.class).newInstance(task);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no thread of " + type, e);
    }
  }

  /** {@return a class that does the same and that nobody has met} */
  private static Class<?> anew(Class<?> type) throws Exception {
    return MethodHandles.lookup().defineHiddenClass(bytes(type.getName()), true).lookupClass();
  }

  private static byte[] bytes(String type) throws IOException {
    try (InputStream in =
        L14NewThreadsTest.class
            .getClassLoader()
            .getResourceAsStream(type.replace('.', '/') + ".class")) {
      return in.readAllBytes();
    }
  }

  /** Loads threads, and a Netty of its own without what tells which executor a thread runs. */
  private static final class WithoutRecord extends ClassLoader {
    WithoutRecord() {
      super(L14NewThreadsTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      if (!name.startsWith("io.netty.") && !name.equals(Ordinary.class.getName())) {
        return super.loadClass(name, resolve);
      }
      if (name.equals(NETTY_RECORD)) {
        throw new ClassNotFoundException(name);
      }
      try {
        byte[] code = bytes(name);
        return defineClass(name, code, 0, code.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  public static class Ordinary extends Thread {
    public Ordinary(Runnable task) {
      super(task);
    }
  }

  static class Marked extends Thread implements NonBlocking {
    Marked(Runnable task) {
      super(task);
    }
  }

  static class MarkedAbove extends Marked {
    MarkedAbove(Runnable task) {
      super(task);
    }
  }

  static class Fast extends FastThreadLocalThread {
    Fast(Runnable task) {
      super(task);
    }
  }

  static class Loop extends DefaultEventLoop {
    Loop(ThreadFactory factory) {
      super(factory);
    }
  }

  static class Worker extends SingleThreadEventExecutor {
    Worker(ThreadFactory factory) {
      super(null, factory, true);
    }

    @Override
    protected void run() {
      do {
        Runnable task = takeTask();
        if (task != null) {
          task.run();
        }
      } while (!confirmShutdown());
    }
  }
}
