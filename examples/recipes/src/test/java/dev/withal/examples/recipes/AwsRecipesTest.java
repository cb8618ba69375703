package dev.withal.examples.recipes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.withal.Async;
import dev.withal.Context;
import dev.withal.ExitCase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;

/** The recipes of the AWS SDK, on a server in this process that says what S3 does. */
class AwsRecipesTest {
  private static final List<String> REQUESTS = new CopyOnWriteArrayList<>();
  private static HttpServer server;

  /** One for all, as closing it takes two seconds. */
  private static Context<? extends S3AsyncClient> client;

  @BeforeAll
  static void enter() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", AwsRecipesTest::answer);
    server.start();
    client =
        AwsRecipes.client(
                S3AsyncClient.builder()
                    .endpointOverride(
                        URI.create("http://localhost:" + server.getAddress().getPort()))
                    .region(Region.US_EAST_1)
                    .credentialsProvider(AnonymousCredentialsProvider.create())
                    .forcePathStyle(true))
            .blocking()
            .enter();
  }

  @AfterAll
  static void exit() throws Exception {
    client.exit(new ExitCase.Succeeded(ExitCase.UNBOUNDED));

    assertThatThrownBy(() -> client.value().listBuckets().get(10, SECONDS))
        .hasRootCauseMessage("event executor terminated");
    server.stop(0);
  }

  @BeforeEach
  void forget() {
    REQUESTS.clear();
  }

  @Test
  void upload_bodyFails_isAborted() {
    assertThatThrownBy(() ->
            AwsRecipes.upload(client.value(), "b", "k")
                .run(upload -> {
                  assertThat(upload.uploadId()).isEqualTo("u1");
                  throw new IllegalStateException("no");
                }))
        .hasMessage("no");

    assertThat(REQUESTS).containsExactly("POST /b/k?uploads", "DELETE /b/k?uploadId=u1");
  }

  @Test
  void upload_bodyCompletesIt_isLeftAlone() throws Exception {
    S3AsyncClient s3 = client.value();
    AwsRecipes.upload(s3, "b", "k")
        .run(upload ->
            Async.await(
                s3.completeMultipartUpload(
                    CompleteMultipartUploadRequest.builder()
                        .bucket("b")
                        .key("k")
                        .uploadId(upload.uploadId())
                        .build())));

    assertThat(REQUESTS).containsExactly("POST /b/k?uploads", "POST /b/k?uploadId=u1");
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      REQUESTS.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      byte[] text =
          "<Result><Bucket>b</Bucket><Key>k</Key><UploadId>u1</UploadId></Result>".getBytes(UTF_8);
      exchange.sendResponseHeaders(200, text.length);
      exchange.getResponseBody().write(text);
    }
  }
}
