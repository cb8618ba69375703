package dev.withal.leases.zookeeper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands between a client and a server, as a network that can hold packets up: both ways, or one
 * way. Nobody is told, and nothing is lost: what was held up arrives later.
 */
final class Partition implements AutoCloseable {
  /** What is held up. */
  enum Cut {
    NOTHING,
    ALL,
    REQUESTS,
    RESPONSES
  }

  private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Cut cut = Cut.NOTHING;

  Partition(int server) throws IOException {
    this.server = server;
    Thread.ofVirtual().start(this::accept);
  }

  String address() {
    return "127.0.0.1:" + entrance.getLocalPort();
  }

  void cut(Cut other) {
    lock.lock();
    try {
      cut = other;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = entrance.accept();
        Thread.ofVirtual().start(() -> connect(client));
      }
    } catch (IOException closed) {
      // Closed, which ends it.
    }
  }

  private void connect(Socket client) {
    sockets.add(client);
    try {
      awaitOpen(Cut.REQUESTS, Cut.RESPONSES);
      var there = new Socket(InetAddress.getLoopbackAddress(), server);
      sockets.add(there);
      Thread.ofVirtual().start(() -> pass(client, there, Cut.REQUESTS));
      Thread.ofVirtual().start(() -> pass(there, client, Cut.RESPONSES));
    } catch (IOException | InterruptedException ended) {
      close(client);
    }
  }

  private void pass(Socket from, Socket to, Cut direction) {
    try (from;
        to) {
      var buffer = new byte[8192];
      for (int read; (read = from.getInputStream().read(buffer)) > 0; ) {
        awaitOpen(direction, direction);
        to.getOutputStream().write(buffer, 0, read);
      }
    } catch (IOException | InterruptedException ended) {
      // Either side has hung up, which ends both.
    }
  }

  private void awaitOpen(Cut one, Cut other) throws InterruptedException {
    lock.lock();
    try {
      while (cut == Cut.ALL || cut == one || cut == other) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    sockets.forEach(Partition::close);
    cut(Cut.NOTHING);
  }
}
