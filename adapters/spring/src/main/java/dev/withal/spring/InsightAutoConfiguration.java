package dev.withal.spring;

import dev.withal.insight.Insight;
import java.time.Duration;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Insight, where the application has it.
 *
 * <p>It is switched on before the first bean is created, as it shows uses that begin from then.
 */
@AutoConfiguration(after = WithalAutoConfiguration.class)
@ConditionalOnClass(Insight.class)
final class InsightAutoConfiguration {

  /** Reports contexts that are held for long, if the application says how long that is. */
  @Bean
  static BeanFactoryPostProcessor withalLongHeld(Environment environment) {
    return ignored ->
        Binder.get(environment)
            .bind("withal.insight.warn-after", Duration.class)
            .ifBound(limit -> {
              Insight.warnAfter(limit);
              Insight.start();
            });
  }

  /** Insight as an endpoint, where the application has both and exposes it. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
  @ConditionalOnAvailableEndpoint(InsightEndpoint.class)
  static final class Exposed {
    @Bean
    static BeanFactoryPostProcessor withalInsight() {
      return ignored -> Insight.start();
    }

    @Bean
    static InsightEndpoint withalInsightEndpoint() {
      return new InsightEndpoint();
    }
  }
}
