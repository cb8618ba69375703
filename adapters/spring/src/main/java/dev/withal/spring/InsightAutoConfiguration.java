package dev.withal.spring;

import dev.withal.insight.Insight;
import java.time.Duration;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** Insight as an endpoint, where the application has both and exposes it. */
@AutoConfiguration(after = WithalAutoConfiguration.class)
@ConditionalOnClass({Insight.class, Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnAvailableEndpoint(InsightEndpoint.class)
final class InsightAutoConfiguration {

  /**
   * Switches Insight on before the first bean is created, as it shows uses that begin from then.
   */
  @Bean
  static BeanFactoryPostProcessor withalInsight() {
    return ignored -> Insight.start();
  }

  @Bean
  static InsightEndpoint withalInsightEndpoint(WithalProperties properties) {
    Duration warnAfter = properties.insight().warnAfter();
    if (warnAfter != null) {
      Insight.warnAfter(warnAfter);
    }
    return new InsightEndpoint();
  }
}
