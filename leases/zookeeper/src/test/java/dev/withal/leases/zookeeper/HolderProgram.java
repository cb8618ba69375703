package dev.withal.leases.zookeeper;

import dev.withal.leases.LeaseLostException;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;

/** A process that holds a lease and asks for its token all the time; tells how it went. */
final class HolderProgram {
  private static final long STOPPED = TimeUnit.SECONDS.toNanos(1);

  private HolderProgram() {}

  public static void main(String[] arguments) throws Exception {
    try (CuratorFramework client = Ensemble.client(arguments[0])) {
      ZooKeeperLeases.over(client)
          .lease(arguments[1])
          .run(lease -> {
            System.out.println("holds " + lease.token());
            long last = System.nanoTime();
            while (true) {
              long now = System.nanoTime();
              boolean wasStopped = now - last > STOPPED;
              last = now;
              try {
                lease.token();
                if (wasStopped) {
                  System.out.println("still believes");
                }
              } catch (LeaseLostException lost) {
                System.out.println("refused " + (System.nanoTime() - now) / 1000);
                while (!Thread.currentThread().isInterrupted()) {
                  Thread.onSpinWait();
                }
                System.out.println("asked " + (System.nanoTime() - now) / 1000);
                return;
              }
            }
          });
    } catch (LeaseLostException lost) {
      System.out.println("lost");
    }
  }
}
