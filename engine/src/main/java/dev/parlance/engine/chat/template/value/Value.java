package dev.parlance.engine.chat.template.value;

/**
 * A value of the template language, with Python's meaning. {@code equals} and {@code hashCode} are
 * Python's {@code ==} and {@code hash}: 1, 1.0 and True are equal.
 */
public sealed interface Value
        permits Undefined,
                NoneValue,
                BooleanValue,
                IntegerValue,
                FloatValue,
                Text,
                ListValue,
                TupleValue,
                DictValue,
                DictView,
                RangeValue,
                NamespaceValue,
                IteratorValue,
                FunctionValue,
                ObjectValue {

    /** Python's name of the type, for messages: {@code str}, {@code NoneType}, … */
    String typeName();

    /** Python's {@code bool(value)}. */
    boolean isTrue();

    /** How many containers are nested in this value, itself included. */
    default int depth() {
        return 0;
    }

    /** About how much work it is to look at all of this value, in steps of the interpreter. */
    default long weight() {
        return 1;
    }
}
