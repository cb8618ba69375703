package dev.withal.database.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and PostgreSQL, and cuts the connection at the commit: before it is
 * passed on, or once the server has answered it.
 */
public final class CuttingProxy implements AutoCloseable {

  /** When the connection is cut. */
  public enum Cut {
    /** The server doesn't see the commit. */
    BEFORE_THE_COMMIT,
    /** The server has committed. */
    BEFORE_ITS_ANSWER
  }

  private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int serverPort;
  private final Cut cut;
  private final AtomicInteger cuts = new AtomicInteger();

  /**
   * @param serverPort where the server is
   * @param cut when the connection is cut
   */
  public CuttingProxy(int serverPort, Cut cut) throws IOException {
    this.serverPort = serverPort;
    this.cut = cut;
    Thread.ofVirtual().start(this::accept);
  }

  /** {@return where clients find it} */
  public int port() {
    return entrance.getLocalPort();
  }

  /** {@return how many connections it has cut} */
  public int cuts() {
    return cuts.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = entrance.accept();
        var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        Thread.ofVirtual().start(() -> pass(client, server));
      }
    } catch (IOException ignored) {
      // Closed, which ends it.
    }
  }

  private void pass(Socket client, Socket server) {
    var silent = new AtomicBoolean();
    var answered = new CountDownLatch(1);
    try (client;
        server) {
      Thread.ofVirtual().start(() -> answer(client, server, silent, answered));
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      var buffer = new byte[8192];
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        if (holdsCommit(buffer, read)) {
          cuts.incrementAndGet();
          if (cut == Cut.BEFORE_ITS_ANSWER) {
            silent.set(true);
            out.write(buffer, 0, read);
            answered.await();
          }
          return;
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException | InterruptedException ignored) {
      // Either side has hung up, which ends both.
    }
  }

  private static void answer(
      Socket client, Socket server, AtomicBoolean silent, CountDownLatch answered) {
    try {
      InputStream in = server.getInputStream();
      OutputStream out = client.getOutputStream();
      var buffer = new byte[8192];
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        if (silent.get()) {
          return;
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException ignored) {
      // Either side has hung up.
    } finally {
      answered.countDown();
    }
  }

  private static boolean holdsCommit(byte[] buffer, int length) {
    return new String(buffer, 0, length, StandardCharsets.ISO_8859_1).contains("COMMIT");
  }

  @Override
  public void close() throws IOException {
    entrance.close();
  }
}
