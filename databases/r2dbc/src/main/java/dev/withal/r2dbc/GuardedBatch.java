package dev.withal.r2dbc;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Result;
import java.util.function.UnaryOperator;
import org.reactivestreams.Publisher;

/** A driver's batch, which can be sent as long as its context has the connection. */
final class GuardedBatch implements Batch {
  private final Batch target;
  private final Admission admission;
  private final UnaryOperator<String> check;
  private int statements;

  /**
   * @param check refuses statements that the batch must not contain
   */
  GuardedBatch(Batch target, Admission admission, UnaryOperator<String> check) {
    this.target = target;
    this.admission = admission;
    this.check = check;
  }

  @Override
  public Batch add(String sql) {
    target.add(check.apply(sql));
    statements++;
    return this;
  }

  @Override
  public Publisher<? extends Result> execute() {
    return admission.guard(target.execute(), statements);
  }
}
