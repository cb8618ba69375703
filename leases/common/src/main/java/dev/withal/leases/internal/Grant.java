package dev.withal.leases.internal;

import dev.withal.leases.internal.Clock.Moment;
import java.util.concurrent.CompletableFuture;

/**
 * A lease as an engine has granted it.
 *
 * @param name the name of the lease
 * @param place where the engine keeps it: unlike that of any other grant that is held
 * @param token the fencing token
 * @param term what it is proved together with
 * @param proved when that was sent which the engine has answered by the grant
 * @param gone completes, with the reason, if the engine says by itself that it isn't held any more
 */
public record Grant(
    String name,
    String place,
    long token,
    Term term,
    Moment proved,
    CompletableFuture<String> gone) {

  /**
   * A grant of an engine that says nothing by itself.
   *
   * @param name the name of the lease
   * @param place where the engine keeps it
   * @param token the fencing token
   * @param term what it is proved together with
   * @param proved when that was sent which the engine has answered by the grant
   */
  public Grant(String name, String place, long token, Term term, Moment proved) {
    this(name, place, token, term, proved, new CompletableFuture<>());
  }
}
