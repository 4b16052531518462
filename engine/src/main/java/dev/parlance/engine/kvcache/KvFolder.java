package dev.parlance.engine.kvcache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The files of one model's blocks, in a folder of its own under the one that models share: {@code
 * ROOT/<model>/<key>.kv}. When there is no room for another, files that belong to models nobody
 * serves go first, then this model's least recently used.
 *
 * <p>When a file was last used is its time of modification, so that it outlasts the process. A file
 * is written under another name and then renamed, so that it is whole or not there. A lock keeps
 * other processes out of the model's folder. Only the owner may read what is in it.
 *
 * <p>Threads: safe; {@link #contains} never waits for the disk. One at a time may write.
 */
final class KvFolder implements AutoCloseable {
    private static final String END = ".kv";
    private static final String UNFINISHED_END = ".tmp";
    private static final String LOCK = "lock";
    private static final Pattern FILE = Pattern.compile("[0-9a-f]{64}\\.kv");
    private static final Pattern MODEL = Pattern.compile("[0-9a-f]{32}");

    /** What file systems give out space in; also bounds how many files there can be. */
    private static final int PAGE = 4096;

    private final Path folder;
    private final KvFileFormat format;
    private final long maxBytes;
    private final FileChannel lock;

    // All guarded by this, which nobody holds while the disk works.
    /** Least recently used first. */
    private final SequencedSet<PrefixKey> stored = new LinkedHashSet<>();

    /** Folders of models that nobody serves, longest unused first. */
    private final Deque<Leftover> leftovers = new ArrayDeque<>();

    private record Leftover(Path folder, long bytes, FileTime lastUse) {}

    private record Found(Path file, long size, FileTime lastUse) {}

    private KvFolder(Path folder, KvFileFormat format, long maxBytes, FileChannel lock) {
        this.folder = folder;
        this.format = format;
        this.maxBytes = maxBytes;
        this.lock = lock;
    }

    /**
     * Takes possession of a model's folder, which is made if it is not there.
     *
     * @param model 32 hexadecimal digits that stand for everything that decides what a block holds
     * @param maxBytes of all files under {@code root} but those of models served at the same time
     * @throws IOException if it cannot be read or made private, or is in use already
     * @throws IllegalArgumentException if there is no room for a single block
     */
    static KvFolder open(Path root, String model, long maxBytes, KvFileFormat format)
            throws IOException {
        if (!MODEL.matcher(model).matches()) {
            throw new IllegalArgumentException("not 32 hexadecimal digits: " + model);
        }
        if (maxBytes < pages(format.fileBytes())) {
            throw new IllegalArgumentException(
                    "the folder for keys and values must have room for one block of "
                            + pages(format.fileBytes())
                            + " bytes at least, got "
                            + maxBytes);
        }
        Path folder = privateFolder(root, model);
        FileChannel lock =
                tryLock(folder)
                        .orElseThrow(() ->
                                new IOException(
                                        folder
                                                + ": another process keeps this model's keys and"
                                                + " values there; give each a --kv-cache-dir of its"
                                                + " own"));
        KvFolder opened = new KvFolder(folder, format, maxBytes, lock);
        try {
            opened.findStored();
            opened.findLeftovers(root);
            opened.makeRoom(0);
            return opened;
        } catch (IOException | RuntimeException failure) {
            lock.close();
            throw failure;
        }
    }

    private static Path privateFolder(Path root, String model) throws IOException {
        Files.createDirectories(root, privateAttributes(root, "rwx------"));
        Path folder = root.resolve(model);
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return Files.createDirectory(folder, privateAttributes(root, "rwx------"));
        }
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(folder + ": this is not a folder");
        }
        if (knowsPermissions(root)) {
            // Fails if the folder is someone else's, whose keys and values we do not want.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        return folder;
    }

    private static FileAttribute<?>[] privateAttributes(Path path, String permissions) {
        return knowsPermissions(path)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean knowsPermissions(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** The channel that holds a folder's lock until it is closed; none if another has it. */
    private static Optional<FileChannel> tryLock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        folder.resolve(LOCK),
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        privateAttributes(folder, "rw-------"));
        FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException _) {
            // Another model of this process has it.
        } finally {
            if (held == null) {
                channel.close();
            }
        }
        return held == null ? Optional.empty() : Optional.of(channel);
    }

    private void findStored() throws IOException {
        List<Found> found = new ArrayList<>();
        for (Found each : files(folder)) {
            if (each.size() == format.fileBytes()) {
                found.add(each);
            } else {
                Files.delete(each.file());
            }
        }
        found.sort(Comparator.comparing(Found::lastUse));
        for (Found each : found) {
            String name = String.valueOf(each.file().getFileName());
            stored.add(PrefixKey.ofHex(name.substring(0, name.length() - END.length())));
        }
        try (DirectoryStream<Path> unfinished =
                Files.newDirectoryStream(folder, "*" + UNFINISHED_END)) {
            for (Path file : unfinished) {
                Files.delete(file);
            }
        }
    }

    /** The block files of a folder; whatever else is in it is not ours. */
    private static List<Found> files(Path folder) throws IOException {
        List<Found> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + END)) {
            for (Path file : files) {
                BasicFileAttributes attributes =
                        Files.readAttributes(
                                file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (FILE.matcher(String.valueOf(file.getFileName())).matches()
                        && attributes.isRegularFile()) {
                    found.add(new Found(file, attributes.size(), attributes.lastModifiedTime()));
                }
            }
        }
        return found;
    }

    private void findLeftovers(Path root) throws IOException {
        List<Leftover> found = new ArrayList<>();
        try (DirectoryStream<Path> others = Files.newDirectoryStream(root)) {
            for (Path other : others) {
                boolean model = MODEL.matcher(String.valueOf(other.getFileName())).matches();
                if (model
                        && !other.equals(folder)
                        && Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)) {
                    leftover(other).ifPresent(found::add);
                }
            }
        }
        found.sort(Comparator.comparing(Leftover::lastUse));
        leftovers.addAll(found);
    }

    /** What a folder takes, unless it is in use. */
    private static Optional<Leftover> leftover(Path other) throws IOException {
        Optional<FileChannel> unused = tryLock(other);
        if (unused.isEmpty()) {
            return Optional.empty();
        }
        try (FileChannel _ = unused.get()) {
            long bytes = 0;
            FileTime lastUse = FileTime.fromMillis(0);
            for (Found file : files(other)) {
                bytes += pages(file.size());
                lastUse = lastUse.compareTo(file.lastUse()) < 0 ? file.lastUse() : lastUse;
            }
            return Optional.of(new Leftover(other, bytes, lastUse));
        }
    }

    private static long pages(long bytes) {
        return Math.ceilDiv(bytes, PAGE) * PAGE;
    }

    /** Bytes that a block takes on the disk. */
    long blockBytes() {
        return pages(format.fileBytes());
    }

    /** The most blocks there can be. */
    long capacity() {
        return maxBytes / blockBytes();
    }

    synchronized int blocks() {
        return stored.size();
    }

    synchronized long bytes() {
        return stored.size() * blockBytes() + leftovers.stream().mapToLong(Leftover::bytes).sum();
    }

    synchronized boolean contains(PrefixKey key) {
        return stored.contains(key);
    }

    /**
     * Writes a block, unless it is there already.
     *
     * @param lastUse when it was last used
     * @param buffer of {@link KvFileFormat#newBuffer}
     * @return whether it was written
     */
    boolean write(PrefixKey key, KvBlock block, FileTime lastUse, ByteBuffer buffer)
            throws IOException {
        if (contains(key)) {
            touch(key, lastUse);
            return false;
        }
        makeRoom(blockBytes());
        Path unfinished = path(key, UNFINISHED_END);
        format.encode(key, block, buffer);
        try (FileChannel file =
                FileChannel.open(
                        unfinished,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE),
                        privateAttributes(folder, "rw-------"))) {
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
        } catch (IOException failure) {
            Files.deleteIfExists(unfinished);
            throw failure;
        }
        Files.setLastModifiedTime(unfinished, lastUse);
        Files.move(unfinished, path(key, END), StandardCopyOption.ATOMIC_MOVE);
        synchronized (this) {
            stored.addLast(key);
        }
        return true;
    }

    /** Lets a block stay longer, if it is there. */
    void touch(PrefixKey key, FileTime lastUse) throws IOException {
        synchronized (this) {
            if (!stored.remove(key)) {
                return;
            }
            stored.addLast(key);
        }
        try {
            Files.setLastModifiedTime(path(key, END), lastUse);
        } catch (NoSuchFileException _) {
            // Somebody has cleared the folder, or room was made; reading it will tell.
        }
    }

    /** What became of reading a file. */
    sealed interface Reading {
        record Block(KvBlock block) implements Reading {}

        record Missing() implements Reading {}

        /** It has been deleted. */
        record Damaged() implements Reading {}
    }

    /**
     * Reads a block.
     *
     * @param buffer of {@link KvFileFormat#newBuffer}
     */
    Reading read(PrefixKey key, ByteBuffer buffer) throws IOException {
        if (!contains(key)) {
            return new Reading.Missing();
        }
        try (FileChannel file =
                FileChannel.open(
                        path(key, END), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            if (file.size() == format.fileBytes()) {
                buffer.clear();
                while (buffer.hasRemaining() && file.read(buffer) >= 0) {
                    // On to the rest.
                }
                buffer.clear();
                Optional<KvBlock> block = format.decode(key, buffer);
                if (block.isPresent()) {
                    return new Reading.Block(block.get());
                }
            }
        } catch (NoSuchFileException _) {
            discard(key);
            return new Reading.Missing();
        }
        discard(key);
        return new Reading.Damaged();
    }

    private void discard(PrefixKey key) throws IOException {
        synchronized (this) {
            stored.remove(key);
        }
        Files.deleteIfExists(path(key, END));
    }

    /** Deletes files until there is room for so much more. */
    private void makeRoom(long wanted) throws IOException {
        while (bytes() + wanted > maxBytes) {
            Leftover leftover;
            PrefixKey oldest;
            synchronized (this) {
                leftover = leftovers.poll();
                oldest = leftover == null ? stored.removeFirst() : null;
            }
            if (leftover != null) {
                delete(leftover.folder());
            } else if (oldest != null) {
                Files.deleteIfExists(path(oldest, END));
            }
        }
    }

    /** Empties a folder, unless it has come into use. Its lock stays, for others to find. */
    private static void delete(Path other) throws IOException {
        Optional<FileChannel> unused = tryLock(other);
        if (unused.isPresent()) {
            try (FileChannel _ = unused.get()) {
                for (Found each : files(other)) {
                    Files.deleteIfExists(each.file());
                }
            }
        }
    }

    private Path path(PrefixKey key, String end) {
        return folder.resolve(key.hex() + end);
    }

    /**
     * Tests that the files are those that are known, and within their bound. To be called while
     * nobody reads or writes.
     *
     * @throws IllegalStateException if not
     */
    void checkIntegrity() throws IOException {
        Set<Path> expected = new HashSet<>();
        synchronized (this) {
            stored.forEach(key -> expected.add(path(key, END)));
        }
        Set<Path> found = new HashSet<>();
        files(folder).forEach(file -> found.add(file.file()));
        if (!found.equals(expected)) {
            throw new IllegalStateException(
                    found.size() + " KV files are there, " + expected.size() + " are known");
        }
        if (bytes() > maxBytes) {
            throw new IllegalStateException(
                    "KV files take " + bytes() + " bytes, allowed are " + maxBytes);
        }
    }

    /** Leaves the folder to others. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
