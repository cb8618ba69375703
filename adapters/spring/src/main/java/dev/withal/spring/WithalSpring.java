package dev.withal.spring;

import dev.withal.AsyncContextManager;
import java.util.Objects;
import org.springframework.beans.factory.FactoryBean;

/**
 * Context managers as beans of Spring.
 *
 * {@snippet class="dev.withal.spring.SpringGuideTest" region="bean"}
 *
 * <p><b>Order.</b> A manager is entered when Spring creates its bean. Thus beans into which the
 * value is injected have it from their constructors on. Spring destroys a bean before the beans
 * that it depends on, and the exit runs then: after all beans that use the value have been
 * destroyed, and after the web server has stopped.
 *
 * <p><b>The end of the application.</b> Exits are told that the body succeeded when a context that
 * has started is closed, by its shutdown hook as well. If the start fails, everything entered until
 * then is exited, and told that the body failed; in Spring Boot, a runner's failure is what the
 * exits are told. If a value was lost meanwhile, its exit is told that the body was cancelled. If
 * an exit fails, those that run after it are told of that failure.
 *
 * <p><b>Timeout.</b> From the first exit on, all exits of an application context are awaited for 30
 * s together, or for the property {@code withal.exit-timeout} of its environment. An exit is told
 * the end of that time as its {@link dev.withal.ExitCase#deadline() deadline}. Past it, an exit is
 * abandoned and {@linkplain dev.withal.Report reported}, and the shutdown continues.
 */
public final class WithalSpring {
  private WithalSpring() {}

  /**
   * {@return a factory bean whose object is the value of a context of the manager} A {@code @Bean}
   * method returns it, with the type of the value as its type argument. Spring owns the context.
   *
   * <p>The bean must be a singleton of an {@code ApplicationContext}. Its creation blocks the
   * thread that starts the application until the context is entered; interrupting that thread ends
   * the wait and fails the start. If the enter fails, the bean can't be created, with the enter's
   * error as the cause. Its destruction blocks until the exit has ended or was abandoned. If the
   * exit fails, Spring logs its error, as that of any destroy method. Each bean enters a context of
   * its own.
   *
   * @param manager the manager to enter
   * @param <T> the type of the value
   * @throws NullPointerException if {@code manager} is null
   */
  public static <T> FactoryBean<T> bean(AsyncContextManager<T> manager) {
    return new ManagedBean<>(Objects.requireNonNull(manager, "manager"));
  }
}
