package dev.withal.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.AsyncContextManager;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;

/** When managed beans are entered and exited, and who has their values. */
@ExtendWith(LeakCheck.class)
class ManagedBeanTest {

  record Database(String url) {}

  record Cache(Database database) {}

  record Service(Cache cache, Journal journal) implements AutoCloseable {
    Service {
      journal.add("service made over " + cache.database().url());
    }

    @Override
    public void close() {
      journal.add("service closed");
    }
  }

  /** Declared in another order than that of their dependencies. */
  @Configuration(proxyBeanMethods = false)
  static class Shop {
    @Bean
    Service service(Cache cache, Journal journal) {
      return new Service(cache, journal);
    }

    @Bean
    FactoryBean<Cache> cache(Database database, Journal journal) {
      return WithalSpring.bean(Noted.manager(journal, "cache", new Cache(database)));
    }

    @Bean
    FactoryBean<Database> database(Journal journal) {
      return WithalSpring.bean(Noted.manager(journal, "database", new Database("h2")));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Alone {
    @Bean
    FactoryBean<String> alone(Journal journal) {
      return WithalSpring.bean(Noted.manager(journal, "alone", "value"));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OnDemand {
    @Bean
    @Lazy
    FactoryBean<String> late(Journal journal) {
      return WithalSpring.bean(Noted.manager(journal, "late", "value"));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Prototype {
    @Bean
    @Scope("prototype")
    FactoryBean<String> many(Journal journal) {
      return WithalSpring.bean(Noted.manager(journal, "many", "value"));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Unfinished {
    @Bean
    static BeanPostProcessor failsOnFactories() {
      return new BeanPostProcessor() {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
          if (name.equals("alone")) {
            throw new IllegalStateException("not with this one");
          }
          return bean;
        }
      };
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class NeverEntered {
    @Bean
    FactoryBean<String> stuck(CountDownLatch entering, CompletableFuture<String> arrival) {
      return WithalSpring.bean(
          AsyncContextManager.closing(
              () -> {
                entering.countDown();
                return arrival;
              },
              _ -> CompletableFuture.completedStage(null)));
    }
  }

  @Test
  void beans_dependOnEachOther_areEnteredInThatOrderAndExitedInReverse(Journal journal) {
    Noted.started(journal, Shop.class).close();

    assertThat(journal.events())
        .containsExactly(
            "enter database",
            "enter cache",
            "service made over h2",
            "service closed",
            "exit cache, success",
            "exit database, success");
  }

  @Test
  void bean_thatNobodyInjects_isEnteredOnStart(Journal journal) {
    try (AnnotationConfigApplicationContext _ = Noted.started(journal, Alone.class)) {
      assertThat(journal.events()).containsExactly("enter alone");
    }
  }

  @Test
  void bean_isAskedForTwice_isEnteredOnce(Journal journal) {
    try (AnnotationConfigApplicationContext context = Noted.started(journal, Alone.class)) {
      assertThat(context.getBean(String.class)).isSameAs(context.getBean("alone"));
      assertThat(journal.events()).containsExactly("enter alone");
    }
  }

  @Test
  void bean_isLazy_isEnteredOnDemandAndExitedWithSuccess(Journal journal) {
    try (AnnotationConfigApplicationContext context = Noted.started(journal, OnDemand.class)) {
      journal.add("started");
      context.getBean(String.class);
    }

    assertThat(journal.events()).containsExactly("started", "enter late", "exit late, success");
  }

  @Test
  void bean_isAPrototype_isRefusedBeforeItsEnter(Journal journal) {
    try (AnnotationConfigApplicationContext context = Noted.started(journal, Prototype.class)) {
      assertThatThrownBy(() -> context.getBean(String.class))
          .hasRootCauseMessage(
              "the bean many isn't a singleton: in a narrower scope, use its manager itself");
    }

    assertThat(journal.events()).isEmpty();
  }

  @Test
  void bean_isRefusedByAPostProcessor_isExitedAllTheSame(Journal journal) {
    assertThatThrownBy(() -> Noted.started(journal, Alone.class, Unfinished.class))
        .hasRootCauseMessage("not with this one");

    assertThat(journal.events())
        .containsExactly("enter alone", "exit alone, failure: shop did not start");
  }

  @Test
  void contextOfAChild_isClosed_exitsItsOwnBeansAlone(Journal journal) {
    try (AnnotationConfigApplicationContext parent = Noted.started(journal, Alone.class)) {
      AnnotationConfigApplicationContext child = Noted.context(journal, Shop.class);
      child.setParent(parent);
      child.refresh();
      child.close();

      assertThat(journal.events())
          .containsExactly(
              "enter alone",
              "enter database",
              "enter cache",
              "service made over h2",
              "service closed",
              "exit cache, success",
              "exit database, success");
    }
  }

  @Test
  void start_isInterruptedInAnEnter_failsAndKeepsTheFlag(Journal journal) throws Exception {
    var entering = new CountDownLatch(1);
    var arrival = new CompletableFuture<String>();
    AnnotationConfigApplicationContext context = Noted.context(journal, NeverEntered.class);
    context.registerBean(CountDownLatch.class, () -> entering);
    context.registerBean(CompletableFuture.class, () -> arrival);
    var ended = new CompletableFuture<Boolean>();
    Thread starter =
        Thread.startVirtualThread(() -> {
          assertThatThrownBy(context::refresh)
              .isInstanceOf(BeanCreationException.class)
              .hasRootCauseInstanceOf(InterruptedException.class);
          ended.complete(Thread.currentThread().isInterrupted());
        });

    entering.await();
    starter.interrupt();

    assertThat(ended.get()).isTrue();
    arrival.complete("late");
  }
}
