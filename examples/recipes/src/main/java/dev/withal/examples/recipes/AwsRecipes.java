package dev.withal.examples.recipes;

import dev.withal.AsyncContextManager;
import dev.withal.ContextManager;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;

/** What the AWS SDK opens and closes. */
public final class AwsRecipes {
  private static final CompletionStage<Verdict> KEPT =
      CompletableFuture.completedStage(Verdict.PROPAGATE);

  private AwsRecipes() {}

  /**
   * {@return a client with the connections that it has made}
   *
   * @param builder says how
   */
  public static AsyncContextManager<S3AsyncClient> client(S3AsyncClientBuilder builder) {
    // @start region="client"
    return ContextManager.closing(builder::build).async();
    // @end
  }

  /**
   * {@return an upload in parts, which the body completes}
   *
   * @param s3 sends it
   * @param bucket where
   * @param key under which name
   */
  public static AsyncContextManager<CreateMultipartUploadResponse> upload(
      S3AsyncClient s3, String bucket, String key) {
    // @start region="upload"
    return AsyncContextManager.of(
        () -> s3.createMultipartUpload(made -> made.bucket(bucket).key(key)),
        (upload, how) -> how.succeeded() ? KEPT : aborted(s3, upload));
    // @end
  }

  // @start region="aborted"
  private static CompletionStage<Verdict> aborted(
      S3AsyncClient s3, CreateMultipartUploadResponse upload) {
    return s3.abortMultipartUpload(
            it -> it.bucket(upload.bucket()).key(upload.key()).uploadId(upload.uploadId()))
        .thenApply(_ -> Verdict.PROPAGATE);
  }
  // @end
}
