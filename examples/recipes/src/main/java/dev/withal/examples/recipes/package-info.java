/** Managers of what other libraries open and close. */
@org.jspecify.annotations.NullMarked
package dev.withal.examples.recipes;
