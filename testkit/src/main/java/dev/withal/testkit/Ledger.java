package dev.withal.testkit;

import dev.withal.internal.Held;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How often each context was entered and exited, as core tells it. */
final class Ledger implements Held.Watcher, AutoCloseable {

  private static final class Account {
    int enters;
    int exits;
  }

  private final IdentityHashMap<Object, Account> accounts = new IdentityHashMap<>();
  private final Held.@Nullable Watcher outer;

  private Ledger(Held.@Nullable Watcher outer) {
    this.outer = outer;
  }

  /** {@return a ledger that is told of contexts until it is closed, beside the one told so far} */
  static Ledger open() {
    var ledger = new Ledger(Held.watcher());
    Held.replace(ledger.outer, ledger);
    return ledger;
  }

  @Override
  public void close() {
    Held.replace(this, outer);
  }

  @Override
  public synchronized void entered(Object context) {
    account(context).enters++;
    if (outer != null) {
      outer.entered(context);
    }
  }

  @Override
  public synchronized void exited(Object context) {
    account(context).exits++;
    if (outer != null) {
      outer.exited(context);
    }
  }

  /** {@return a sentence for each context that was not entered once and exited once} */
  synchronized List<String> faults() {
    var faults = new ArrayList<String>();
    accounts.forEach((context, account) -> {
      if (account.enters > 1) {
        faults.add(context + " was handed out " + account.enters + " times");
      } else if (account.exits != 1) {
        faults.add(context + " was entered once and exited " + account.exits + " times");
      }
    });
    return faults;
  }

  private Account account(Object context) {
    return accounts.computeIfAbsent(context, _ -> new Account());
  }
}
