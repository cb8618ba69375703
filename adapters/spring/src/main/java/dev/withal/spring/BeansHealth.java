package dev.withal.spring;

import dev.withal.internal.Names;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ApplicationContext;

/** Up as long as no managed bean has lost its value; lists them all. */
record BeansHealth(ApplicationContext context) implements HealthIndicator {
  @Override
  public Health health() {
    Health.Builder health = Health.up();
    for (ManagedBean<?> bean : Lifespan.of(context).held()) {
      Throwable lost = bean.lost();
      if (lost != null) {
        health.down();
      }
      health.withDetail(bean.toString(), lost == null ? "held" : "lost: " + Names.of(lost));
    }
    return health.build();
  }
}
