/** The body of a use that is a subscription, for the adapters. */
@org.jspecify.annotations.NullMarked
package dev.withal.adapters;
