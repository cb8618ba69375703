/**
 * Context managers as beans of Spring.
 *
 * <p>{@link dev.withal.spring.WithalSpring} is all there is to call.
 */
@org.jspecify.annotations.NullMarked
module dev.withal.spring {
  requires transitive dev.withal;
  requires transitive spring.beans;
  requires spring.context;
  requires spring.core;
  requires static transitive org.jspecify;

  // Only in an application of Spring Boot, and only where it has health, endpoints or Insight.
  requires static dev.withal.insight;
  requires static spring.boot;
  requires static spring.boot.actuator;
  requires static spring.boot.actuator.autoconfigure;
  requires static spring.boot.autoconfigure;
  requires static spring.boot.health;

  exports dev.withal.spring;

  // Spring makes beans by reflection.
  opens dev.withal.spring to
      spring.beans,
      spring.boot,
      spring.boot.actuator,
      spring.context,
      spring.core;
}
