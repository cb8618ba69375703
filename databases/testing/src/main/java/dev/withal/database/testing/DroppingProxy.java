package dev.withal.database.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between clients and a server, as a network whose packets are held up or vanish: nobody is
 * told, and no connection is closed.
 *
 * <p>Once it is silent, the connections that are there stay silent for good. New ones are taken and
 * hear nothing, until it is {@linkplain #heal() healed}.
 */
public final class DroppingProxy implements AutoCloseable {
  private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int serverPort;
  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger era = new AtomicInteger();
  private volatile boolean silent;
  private volatile String last = "";
  private volatile Hold hold = new Hold("");

  /** What a client sends and the server gets only later. */
  public static final class Hold {
    private final String word;
    private final CompletableFuture<Void> reached = new CompletableFuture<>();
    private final CompletableFuture<Void> goOn = new CompletableFuture<>();

    private Hold(String word) {
      this.word = word;
    }

    /** {@return what completes when a client has sent it} */
    public CompletableFuture<Void> reached() {
      return reached;
    }

    /** Passes it on. */
    public void letGo() {
      goOn.complete(null);
    }
  }

  /**
   * Begins to listen.
   *
   * @param serverPort where the server is
   */
  public DroppingProxy(int serverPort) throws IOException {
    this.serverPort = serverPort;
    Thread.ofVirtual().start(this::accept);
  }

  /** {@return where clients find it} */
  public int port() {
    return entrance.getLocalPort();
  }

  /** {@return how many connections have ended, of either side} */
  public int ended() {
    return ended.get();
  }

  /** {@return how many are open on the side of the clients} */
  public int open() {
    return clients.size();
  }

  /** Falls silent. */
  public void drop() {
    era.incrementAndGet();
    silent = true;
  }

  /**
   * Falls silent as soon as a client sends a word, which the server doesn't get any more.
   *
   * @param word what it sends; ASCII
   */
  public void dropAt(String word) {
    last = word;
  }

  /** Lets new connections through again. */
  public void heal() {
    last = "";
    silent = false;
  }

  /**
   * {@return what holds up the next packet with a word in it}
   *
   * @param word what a client sends; ASCII
   */
  public Hold hold(String word) {
    hold = new Hold(word);
    return hold;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = entrance.accept();
        clients.add(client);
        if (silent) {
          continue;
        }
        int born = era.get();
        var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> pass(client, server, born));
        Thread.ofVirtual().start(() -> pass(server, client, born));
      }
    } catch (IOException ignored) {
      // Closed, which ends it.
    }
  }

  private void pass(Socket from, Socket to, int born) {
    try (from;
        to) {
      var buffer = new byte[8192];
      for (int read; (read = from.getInputStream().read(buffer)) > 0; ) {
        if (clients.contains(from)) {
          look(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
        }
        if (born == era.get()) {
          to.getOutputStream().write(buffer, 0, read);
        }
      }
    } catch (IOException ignored) {
      // Either side has hung up, which ends both.
    } finally {
      if (clients.remove(from)) {
        ended.incrementAndGet();
      }
    }
  }

  private void look(String sent) {
    String word = last;
    if (!word.isEmpty() && sent.contains(word)) {
      drop();
    }
    Hold now = hold;
    if (!now.word.isEmpty() && sent.contains(now.word)) {
      now.reached.complete(null);
      now.goOn.join();
    }
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    for (Socket client : clients) {
      client.close();
    }
    // Only now, as the server's answer might still come through.
    hold.letGo();
  }
}
