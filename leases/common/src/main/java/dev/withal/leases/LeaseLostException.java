package dev.withal.leases;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a lease can't be relied on any more: somebody else may hold it, now or soon.
 *
 * <p>The body is asked to end for this reason, and its use fails with it. {@link Lease#token} and a
 * fence throw it too.
 */
public final class LeaseLostException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * An exception with a message and a cause.
   *
   * @param message which lease is lost, and why
   * @param cause the last failure to prove that the lease is still held; null if there is none
   */
  public LeaseLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
