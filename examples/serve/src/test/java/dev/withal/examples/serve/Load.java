package dev.withal.examples.serve;

import dev.withal.tasks.Tasks;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;

/** Many clients that transfer money, some of whom hang up in the middle. */
final class Load {
  final LongAdder done = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder hungUp = new LongAdder();
  final LongAdder errors = new LongAdder();

  private final String address;

  Load(String address) {
    this.address = address;
  }

  /** Runs so many connections for so long; of a hundred, so many hang up now and then. */
  void run(int connections, int hangUps, Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    Tasks.supervise()
        .<RuntimeException>run(group -> {
          for (int i = 0; i < connections; i++) {
            var random = new SplittableRandom(i);
            boolean hangsUp = i % 100 < hangUps;
            group.launch(() -> {
              while (System.nanoTime() < end) {
                connection(random, hangsUp, end);
              }
            });
          }
        });
  }

  private void connection(SplittableRandom random, boolean hangsUp, long end) throws IOException {
    try (var client = new Client(address)) {
      while (System.nanoTime() < end) {
        client.send(
            "/transfer?from=%d&to=%d&amount=%d"
                .formatted(
                    random.nextInt(Bank.ACCOUNTS),
                    random.nextInt(Bank.ACCOUNTS),
                    1 + random.nextInt(5)));
        if (hangsUp && random.nextInt(4) == 0) {
          hungUp.increment();
          return;
        }
        count(client.receive());
      }
    }
  }

  private void count(Client.Answer answer) {
    switch (answer.status()) {
      case 200 -> done.increment();
      case 409 -> refused.increment();
      default -> {
        errors.increment();
        System.err.println(answer);
      }
    }
  }

  @Override
  public String toString() {
    return "%d done, %d refused, %d hung up, %d errors"
        .formatted(done.sum(), refused.sum(), hungUp.sum(), errors.sum());
  }
}
