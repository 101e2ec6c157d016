package io.longhaul.protocol.server;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.config.ConfiguredName;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.grant.DatasetGrants;
import io.longhaul.protocol.grant.Refusals;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.wire.ChangesReport;
import io.longhaul.protocol.wire.ChangesRequest;
import io.longhaul.protocol.wire.FilesystemsHead;
import io.longhaul.protocol.zfs.ChangeResult;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.Zfs;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsException;
import io.longhaul.protocol.zfs.ZfsFeatures;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The calls about datasets that both agents have. Thread-safe. */
public final class FilesystemCalls {
  /** How many listings are made or sent at a time: a long one takes much of the heap. */
  private static final int LISTINGS = 2;

  private final Zfs zfs;
  private final DatasetGrants grants;
  private final Duration turn;
  private final Semaphore listing = new Semaphore(LISTINGS, true);

  /**
   * Creates the calls.
   *
   * @param turn the longest that a listing waits for its turn
   */
  public FilesystemCalls(Zfs zfs, DatasetGrants grants, Duration turn) {
    this.zfs = zfs;
    this.grants = grants;
    this.turn = turn;
  }

  /** A way to add a call to the routes. */
  @FunctionalInterface
  public interface Adding {
    /** Adds it. */
    void add(String method, String template, Endpoint endpoint);
  }

  /** Adds the calls. */
  public void addTo(Adding routes) {
    routes.add("GET", ApiPaths.FILESYSTEMS, this::list);
    routes.add("POST", ApiPaths.CHANGES, this::change);
  }

  private Reply list(ApiCall call) throws ProblemException, IOException, InterruptedException {
    DatasetName root = root(call);
    Optional<String> reader = reader(call);
    requireListable(call, reader, root, "to list " + root);
    if (!listing.tryAcquire(turn.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new ProblemException(
          ProblemType.NOT_READY,
          "Tried to list " + root + " but " + LISTINGS + " others are being listed; ask again");
    }
    var released = new AtomicBoolean();
    Runnable release =
        () -> {
          if (released.compareAndSet(false, true)) {
            listing.release();
          }
        };
    boolean answered = false;
    try {
      Reply reply = Reply.ok(lines(call.identity(), reader, root, release));
      answered = true;
      return reply;
    } finally {
      if (!answered) {
        release.run();
      }
    }
  }

  private static DatasetName root(ApiCall call) throws ProblemException {
    String root =
        call.query("root")
            .orElseThrow(
                () -> new ProblemException(ProblemType.BAD_REQUEST, "root must be given once"));
    try {
      return DatasetName.parse(root);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(ProblemType.BAD_REQUEST, "root: " + e.getMessage());
    }
  }

  private static Optional<String> reader(ApiCall call) throws ProblemException {
    Optional<String> reader = call.query("reader");
    try {
      reader.ifPresent(name -> ConfiguredName.check("reader", name));
      return reader;
    } catch (IllegalArgumentException e) {
      throw new ProblemException(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Refuses who may know of nothing at or below {@code root}, whether there is anything or not.
   *
   * @param wish what was asked for
   * @throws ProblemException if he may not
   */
  public void requireListable(ApiCall call, Optional<String> reader, DatasetName root, String wish)
      throws ProblemException {
    Optional<String> objection = grants.objection(call.identity(), reader, root);
    if (objection.isPresent()) {
      throw Refusals.notGranted(call.identity(), wish, objection.get());
    }
  }

  private JsonLines lines(
      Identity asker, Optional<String> reader, DatasetName root, Runnable release)
      throws ProblemException, IOException, InterruptedException {
    try {
      ZfsFeatures features = features();
      List<Dataset> shown =
          zfs.datasets(root, features).stream()
              .map(dataset -> grants.shown(asker, reader, dataset))
              .flatMap(Optional::stream)
              .toList();
      return JsonLines.of(new FilesystemsHead(features, shown.size()), shown, release);
    } catch (ZfsException e) {
      throw new ProblemException(problem(e), String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns what this machine's ZFS can do.
   *
   * @throws ProblemException if there is none
   */
  public ZfsFeatures features() throws ProblemException, ZfsException, InterruptedException {
    Command command = Command.of(zfs.command());
    if (command.executable().isEmpty()) {
      throw new ProblemException(
          ProblemType.UNAVAILABLE_HERE,
          "there is no executable '"
              + command.program()
              + "' here; install it or correct zfs.command");
    }
    return zfs.features();
  }

  /** Returns how a failure of ZFS is answered. */
  public static ProblemType problem(ZfsException e) {
    return switch (e.error()) {
      case NO_SUCH_DATASET, BASE_MISMATCH -> ProblemType.NOT_FOUND;
      case NO_ANSWER, BUSY -> ProblemType.NOT_READY;
      default -> ProblemType.UNAVAILABLE_HERE;
    };
  }

  private Reply change(ApiCall call) throws ProblemException, InterruptedException {
    ChangesRequest request = call.body(ChangesRequest.class);
    for (ZfsChange change : request.changes()) {
      Optional<String> objection = grants.objection(call.identity(), request.reader(), change);
      if (objection.isPresent()) {
        throw Refusals.notGranted(call.identity(), "to " + text(change), objection.get());
      }
    }
    ChangeResult result;
    try {
      result = zfs.change(request.changes(), features());
    } catch (ZfsException e) {
      throw new ProblemException(problem(e), String.valueOf(e.getMessage()));
    }
    for (ZfsChange change : request.changes().subList(0, result.done())) {
      call.audit("changed").with("zfs", text(change)).log();
    }
    return Reply.ok(
        new ChangesReport(
            result.done(),
            result
                .failure()
                .map(e -> new ChangesReport.Failed(e.error(), String.valueOf(e.getMessage())))));
  }

  private static String text(ZfsChange change) {
    return String.join(" ", change.arguments());
  }
}
