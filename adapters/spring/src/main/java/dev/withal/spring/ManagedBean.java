package dev.withal.spring;

import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.Report;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanNameAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.FactoryBeanNotInitializedException;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;

/**
 * A bean that is a context from its creation to its destruction.
 *
 * <p>Design: it is entered as the factory is initialized and not as it is asked for its object,
 * because Spring asks a factory that nobody injects only if that is a {@code SmartFactoryBean}, and
 * doesn't keep the object of such a one. The stack has this one context: it knows how to enter
 * managers of all kinds on this thread, and how to exit them on another.
 */
final class ManagedBean<T>
    implements FactoryBean<T>,
        BeanNameAware,
        ApplicationContextAware,
        InitializingBean,
        DisposableBean {
  private final AsyncContextManager<T> manager;
  private final AsyncExitStack stack = AsyncExitStack.open();
  private String name = "";
  private @Nullable ApplicationContext context;

  /** Null until the context is entered. */
  private volatile @Nullable Lifespan lifespan;

  private volatile @Nullable T value;
  private volatile @Nullable Throwable lost;

  ManagedBean(AsyncContextManager<T> manager) {
    this.manager = manager;
  }

  @Override
  public void setBeanName(String name) {
    this.name = name;
  }

  @Override
  public void setApplicationContext(ApplicationContext context) {
    this.context = context;
  }

  @Override
  public void afterPropertiesSet() throws InterruptedException {
    Lifespan within = Lifespan.of(singletons());
    try {
      value = stack.enter(manager);
    } catch (InterruptedException interruption) {
      // Spring makes an exception of its own of it, and its callers see the flag alone.
      Thread.currentThread().interrupt();
      throw interruption;
    }
    lifespan = within;
    within.entered(this);
    watch(stack.lost());
  }

  private ApplicationContext singletons() {
    ApplicationContext owner = context;
    if (owner == null) {
      throw new IllegalStateException(
          "the bean " + this + " has no ApplicationContext: create it in one");
    }
    String factory = BeanFactory.FACTORY_BEAN_PREFIX + name;
    if (owner.containsLocalBean(factory) && !owner.isSingleton(factory)) {
      throw new IllegalStateException(
          "the bean " + this + " isn't a singleton: in a narrower scope, use its manager itself");
    }
    return owner;
  }

  private void watch(CompletionStage<?> losing) {
    losing.whenComplete((ignored, reason) -> {
      if (reason != null) {
        lost = reason;
        new Report(
                Report.Kind.LATE_FAILURE,
                toString(),
                "the value of this bean was lost while the application runs",
                reason)
            .send();
      }
    });
  }

  @Override
  public @Nullable T getObject() {
    if (lifespan == null) {
      throw new FactoryBeanNotInitializedException("the bean " + this + " isn't entered yet");
    }
    return value;
  }

  @Override
  public @Nullable Class<?> getObjectType() {
    T entered = value;
    return entered == null ? null : entered.getClass();
  }

  /** {@return why the value is no longer valid; null if it is} */
  @Nullable Throwable lost() {
    return lost;
  }

  /** {@return the context, for the lifespan to exit} */
  AsyncExitStack stack() {
    return stack;
  }

  @Override
  public void destroy() {
    Lifespan within = lifespan;
    if (within != null) {
      within.exit(this);
    }
  }

  /** {@return the name of the bean} */
  @Override
  public String toString() {
    return name;
  }
}
