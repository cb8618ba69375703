/**
 * The two programs of an article about Python's asynchronous context managers, in Java: {@link
 * dev.withal.examples.article.ManagerAsClass} and {@link
 * dev.withal.examples.article.ManagerAsGenerator}. Then the same over real things: {@link
 * dev.withal.examples.article.RealFile} and {@link dev.withal.examples.article.RealDatabase}.
 */
@org.jspecify.annotations.NullUnmarked
package dev.withal.examples.article;
