/**
 * Recordings of Flight Recorder in which Insight has told of contexts, and their pages.
 *
 * <p>{@link dev.withal.timeline.RecordingReader} reads a recording, {@link
 * dev.withal.timeline.Page} writes its page.
 */
@org.jspecify.annotations.NullMarked
package dev.withal.timeline;
