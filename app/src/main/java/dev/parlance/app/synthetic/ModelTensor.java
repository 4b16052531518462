package dev.parlance.app.synthetic;

import java.util.List;

/**
 * A tensor of a model, before it is decided how it is stored.
 *
 * @param layer of its layer; 0 for one outside the layers
 * @param dimensions the fastest-running first
 */
record ModelTensor(String name, Role role, int layer, List<Long> dimensions) {
    /** What kinds of tensors a {@link FileType} tells apart. */
    enum Role {
        NORM,
        /** Looks tokens up, and is the output head too. */
        EMBEDDING,
        MATRIX,
        /** A matrix that some file types store more precisely in some layers. */
        PRECISE_MATRIX
    }

    static ModelTensor norm(String name, int length) {
        return new ModelTensor(name + ".weight", Role.NORM, 0, List.of((long) length));
    }

    static ModelTensor embedding(ModelShape shape) {
        return matrix("token_embd", Role.EMBEDDING, 0, shape.width(), shape.vocabulary());
    }

    static ModelTensor matrix(String name, Role role, int layer, int cols, int rows) {
        return new ModelTensor(name + ".weight", role, layer, List.of((long) cols, (long) rows));
    }

    long cols() {
        return dimensions.getFirst();
    }

    long valueCount() {
        return dimensions.stream().reduce(1L, Math::multiplyExact);
    }
}
