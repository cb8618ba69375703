/**
 * Files as async contexts, for code that blocks and for code that chains stages.
 *
 * <p>{@link dev.withal.files.AsyncFiles} opens files. In direct style, its operations run on the
 * calling thread, which should be a virtual one:
 *
 * {@snippet class="dev.withal.files.FilesGuideTest" region="direct"}
 *
 * In stage style they return futures, and nothing blocks. A file can be {@linkplain
 * dev.withal.files.AsyncTextFile#publishLines published}, at the speed of its subscriber:
 *
 * {@snippet class="dev.withal.files.FilesGuideTest" region="publisher"}
 *
 * {@link dev.withal.files.AsyncPath} has the operations of {@link java.nio.file.Files}, in stage
 * style, and managers of its own. A file can be replaced as a whole, or not at all:
 *
 * {@snippet class="dev.withal.files.FilesGuideTest" region="replace"}
 *
 * A lock, a temporary file, and an open file on top of each other:
 *
 * {@snippet class="dev.withal.files.FilesGuideTest" region="managers"}
 */
@org.jspecify.annotations.NullMarked
package dev.withal.files;
