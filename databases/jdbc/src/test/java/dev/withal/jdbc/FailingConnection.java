package dev.withal.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A driver's connection, some of whose methods fail; it keeps what was called. */
final class FailingConnection {
  private final Connection target;
  private final Map<String, Throwable> failures = new ConcurrentHashMap<>();
  private final Map<String, Throwable> failuresToClose = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();
  private final Connection proxy;

  FailingConnection(Connection target) {
    this.target = target;
    this.proxy =
        (Connection)
            Proxy.newProxyInstance(
                FailingConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (_, method, given) -> invoke(method, given));
  }

  private Object invoke(Method method, Object[] given) throws Throwable {
    calls.add(method.getName());
    Throwable failure = failures.get(method.getName());
    if (failure != null) {
      throw failure;
    }
    Object made = passed(target, method, given);
    Throwable onClose = failuresToClose.get(method.getName());
    return onClose == null ? made : failingToClose((Statement) made, onClose);
  }

  private static Statement failingToClose(Statement statement, Throwable failure) {
    return (Statement)
        Proxy.newProxyInstance(
            FailingConnection.class.getClassLoader(),
            new Class<?>[] {Statement.class},
            (_, method, given) -> {
              if (method.getName().equals("close")) {
                throw failure;
              }
              return passed(statement, method, given);
            });
  }

  private static Object passed(Object target, Method method, Object[] given) throws Throwable {
    try {
      return method.invoke(target, given);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  void fail(String method, Throwable failure) {
    failures.put(method, failure);
  }

  /** Lets statements that a method makes fail to close. */
  void failToClose(String method, Throwable failure) {
    failuresToClose.put(method, failure);
  }

  /** Lets a method work again. */
  void work(String method) {
    failures.remove(method);
    failuresToClose.remove(method);
  }

  /** {@return the methods that were called, in order} */
  ConcurrentLinkedQueue<String> calls() {
    return calls;
  }

  Connection target() {
    return target;
  }

  Connection proxy() {
    return proxy;
  }
}
