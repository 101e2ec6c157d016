package io.longhaul.protocol.pipe;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Makes and opens FIFOs. */
public interface Fifos {
  /** Those of the system. */
  Fifos SYSTEM =
      new Fifos() {
        @Override
        public FifoHold create(Path path) throws IOException {
          return Fifo.create(path);
        }

        @Override
        public FifoHold holdBothEnds(Path path) throws IOException {
          return Fifo.holdBothEnds(path);
        }

        @Override
        public Optional<FifoHold> holdWritingEnd(Path path) throws IOException {
          return Fifo.holdWritingEnd(path).map(hold -> hold);
        }

        @Override
        public FifoHold holdReadingEnd(Path path) throws IOException {
          return Fifo.holdReadingEnd(path);
        }

        @Override
        public WritableByteChannel writer(Path path) throws IOException {
          return FileChannel.open(path, StandardOpenOption.WRITE);
        }
      };

  /** As {@link Fifo#create}. */
  FifoHold create(Path path) throws IOException;

  /** As {@link Fifo#holdBothEnds}. */
  FifoHold holdBothEnds(Path path) throws IOException;

  /** As {@link Fifo#holdWritingEnd}. */
  Optional<FifoHold> holdWritingEnd(Path path) throws IOException;

  /** As {@link Fifo#holdReadingEnd}. */
  FifoHold holdReadingEnd(Path path) throws IOException;

  /** Opens the writing end to write to it; somebody must hold the reading end. */
  WritableByteChannel writer(Path path) throws IOException;
}
