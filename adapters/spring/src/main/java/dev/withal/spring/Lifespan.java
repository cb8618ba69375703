package dev.withal.spring;

import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.ExitCase;
import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.env.Environment;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * The time from the start to the end of one application context, which is the body of its managed
 * beans.
 *
 * <p>Design: Spring destroys the beans one after the other in the right order, but tells none why.
 * Destroying beans that have never heard of the end of the start is the rollback of a start that
 * failed. There is one of this for each context, made with the first managed bean, and destroyed
 * after them all: a bean that Spring has created in part, and doesn't destroy, is exited then.
 */
final class Lifespan implements ApplicationListener<ContextRefreshedEvent>, DisposableBean {
  private static final String NAME = Lifespan.class.getName();
  private static final String LIMIT = "withal.exit-timeout";

  private final ConfigurableApplicationContext context;
  private final Duration limit;
  private final List<ManagedBean<?>> held = new CopyOnWriteArrayList<>();
  private volatile boolean started;

  /** Why the application ends, or the first exit that failed. Guarded by this. */
  private @Nullable Throwable failure;

  /** When the exits must be done; null until the first one begins. Guarded by this. */
  private @Nullable Instant deadline;

  private Lifespan(ConfigurableApplicationContext context) {
    this.context = context;
    this.limit = limit(context);
    // A bean that is created on demand comes when the start has ended.
    this.started = context.isRunning();
  }

  /** {@return the one of this context} */
  static Lifespan of(ApplicationContext context) {
    if (!(context instanceof ConfigurableApplicationContext own)) {
      throw new IllegalStateException(
          "the context " + context.getDisplayName() + " isn't one that can be closed: use another");
    }
    ConfigurableListableBeanFactory beans = own.getBeanFactory();
    Object known = beans.getSingleton(NAME);
    while (known == null) {
      var made = new Lifespan(own);
      try {
        beans.registerSingleton(NAME, made);
        made.begin(beans);
      } catch (IllegalStateException race) {
        // Guard against race with another bean that is created on another thread.
        if (beans.getSingleton(NAME) == null) {
          throw race;
        }
      }
      known = beans.getSingleton(NAME);
    }
    return (Lifespan) known;
  }

  private void begin(ConfigurableListableBeanFactory beans) {
    context.addApplicationListener(this);
    if (beans instanceof DefaultSingletonBeanRegistry registry) {
      registry.registerDisposableBean(NAME, this);
    }
  }

  private static Duration limit(ConfigurableApplicationContext context) {
    // There is such a bean in Spring Boot.
    WithalProperties bound = context.getBeanProvider(WithalProperties.class).getIfAvailable();
    return bound == null ? limit(context.getEnvironment()) : bound.exitTimeout();
  }

  private static Duration limit(Environment environment) {
    String given = environment.getProperty(LIMIT);
    return given == null
        ? WithalProperties.EXIT_TIMEOUT
        : DurationFormatterUtils.detectAndParse(given);
  }

  @Override
  public void onApplicationEvent(ContextRefreshedEvent event) {
    // Those of child contexts come here as well.
    if (event.getApplicationContext() == context) {
      started = true;
    }
  }

  /** The application has failed, after or during its start. */
  synchronized void failed(Throwable error) {
    if (failure == null) {
      failure = error;
    }
  }

  void entered(ManagedBean<?> bean) {
    held.add(bean);
  }

  /** {@return the beans that are held now, in the order of their enters} */
  List<ManagedBean<?>> held() {
    return held;
  }

  // ---- the end ---------------------------------------------------------------------------------

  /** Exits a bean and waits for it; does nothing if it was exited before. */
  void exit(ManagedBean<?> bean) {
    if (!held.remove(bean)) {
      return;
    }
    ExitCase how = how(bean);
    // Closing a stack isn't disturbed by an interruption, but it can't say how the body ended.
    AsyncExitStack bound = AsyncExitStack.open();
    bound.enterAsync(
        AsyncContextManager.<AsyncExitStack>of(
                () -> CompletableFuture.completedStage(bean.stack()),
                (stack, bounded) -> stack.exitAsync(how))
            .named(bean.toString())
            .exitTimeout(how.timeLeft()));
    bound.succeeded();
    try {
      bound.close();
    } catch (Throwable error) {
      failed(error);
      throw error;
    }
  }

  private synchronized ExitCase how(ManagedBean<?> bean) {
    if (deadline == null) {
      deadline = Time.current().in(limit);
    }
    if (!started) {
      failed(new IllegalStateException(context.getDisplayName() + " did not start"));
    }
    Throwable lost = bean.lost();
    ExitCase how =
        failure != null
            ? ExitCase.of(failure)
            : lost != null ? ExitCase.cancelled(lost) : ExitCase.success();
    return how.by(deadline);
  }

  /** Exits the beans that Spring doesn't know to be complete. */
  @Override
  public void destroy() {
    AsyncExitStack rest = AsyncExitStack.open();
    held.forEach(bean -> rest.defer(() -> exit(bean)));
    rest.succeeded();
    rest.close();
  }
}
