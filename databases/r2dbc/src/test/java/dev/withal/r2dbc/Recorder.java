package dev.withal.r2dbc;

import dev.withal.Async;
import dev.withal.testkit.Journal;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A factory of real connections that journals when one is opened, ended and closed, and can let a
 * step fail before it reaches the database.
 */
final class Recorder implements ConnectionFactory {
  private static final Set<String> STEPS =
      Set.of(
          "beginTransaction", "commitTransaction", "rollbackTransaction", "setAutoCommit", "close");

  private final ConnectionFactory real;
  private final Journal journal;
  private final Map<String, Throwable> failures = new HashMap<>();

  Recorder(ConnectionFactory real, Journal journal) {
    this.real = real;
    this.journal = journal;
  }

  Recorder failing(String step, Throwable error) {
    failures.put(step, error);
    return this;
  }

  /** {@return a recorded connection, the opening of which isn't} */
  Connection open() throws InterruptedException {
    return recorded(Async.await(Arrival.from(real, "recorder", Secrets.unknown())));
  }

  @Override
  public Publisher<? extends Connection> create() {
    return subscriber -> {
      journal.add("open");
      real.create().subscribe(new Recording(subscriber));
    };
  }

  @Override
  public ConnectionFactoryMetadata getMetadata() {
    return real.getMetadata();
  }

  private Connection recorded(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, arguments) -> call(connection, method, arguments));
  }

  private Object call(Connection connection, Method method, Object[] arguments) throws Throwable {
    try {
      Object answer = method.invoke(connection, arguments);
      return STEPS.contains(method.getName())
          ? recorded(name(method, arguments), failures.get(method.getName()), (Publisher<?>) answer)
          : answer;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static String name(Method method, Object[] arguments) {
    return arguments == null
        ? method.getName()
        : method.getName() + " " + Arrays.toString(arguments);
  }

  private Publisher<Object> recorded(String step, Throwable failure, Publisher<?> answer) {
    return subscriber -> {
      journal.add(step);
      if (failure == null) {
        answer.subscribe(subscriber);
      } else {
        var failing = new ManualPublisher<Object>(new Journal());
        failing.subscribe(subscriber);
        failing.fail(failure);
      }
    };
  }

  /** Hands on what a factory emits, with its connections recorded. */
  private final class Recording implements Subscriber<Connection> {
    private final Subscriber<? super Connection> target;

    Recording(Subscriber<? super Connection> target) {
      this.target = target;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      target.onSubscribe(subscription);
    }

    @Override
    public void onNext(Connection connection) {
      target.onNext(recorded(connection));
    }

    @Override
    public void onError(Throwable error) {
      target.onError(error);
    }

    @Override
    public void onComplete() {
      target.onComplete();
    }
  }
}
