/** Files as async contexts, for code that blocks and for code that chains stages. */
@org.jspecify.annotations.NullMarked
package dev.withal.files;
