/** Random trees of uses, interleavings of their races, and a soak. */
package dev.withal.stress;
