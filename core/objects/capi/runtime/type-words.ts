// Words of errors about types, attributes and calls: by number from 128 up, as capi/words; the text is in src/objects/type-words.ts.

import { EXC_ATTRIBUTE, EXC_RUNTIME, EXC_SYSTEM, EXC_TYPE, EXC_VALUE } from "../../model/exceptions.gen";

/** [a: what the function is called; z: how many arguments it got] */
export const W_NO_ARGUMENTS: i32 = (EXC_TYPE << 8) | 128;
/** [as above] */
export const W_ONE_ARGUMENT: i32 = (EXC_TYPE << 8) | 129;
/** [a: what the function is called] */
export const W_NO_KEYWORDS: i32 = (EXC_TYPE << 8) | 130;
/** [a: the object] */
export const W_NOT_CALLABLE: i32 = (EXC_TYPE << 8) | 131;
/** [a: the name; b: the object] */
export const W_NO_ATTRIBUTE: i32 = (EXC_ATTRIBUTE << 8) | 132;
/** [a: the type's name; b: the attribute's] */
export const W_TYPE_NO_ATTRIBUTE: i32 = (EXC_ATTRIBUTE << 8) | 133;
/** [a: the module's name; b: the attribute's] */
export const W_MODULE_NO_ATTRIBUTE: i32 = (EXC_ATTRIBUTE << 8) | 134;
export const W_READ_ONLY_MEMBER: i32 = (EXC_ATTRIBUTE << 8) | 135;
/** [a: the name; b: the object] */
export const W_NOT_WRITABLE: i32 = (EXC_ATTRIBUTE << 8) | 136;
/** [a: the name; b: the object] */
export const W_READ_ONLY: i32 = (EXC_ATTRIBUTE << 8) | 137;
/** [a: the type's name] */
export const W_NO_INSTANCES: i32 = (EXC_TYPE << 8) | 138;
/** [a: the type's name] */
export const W_TAKES_NOTHING: i32 = (EXC_TYPE << 8) | 139;
/** [a: repr of the callable] */
export const W_NULL_RESULT: i32 = (EXC_SYSTEM << 8) | 140;
/** [a: repr of the callable] */
export const W_RESULT_WITH_ERROR: i32 = (EXC_SYSTEM << 8) | 141;
export const W_DELETE_MEMBER: i32 = (EXC_TYPE << 8) | 142;
export const W_ONE_CHARACTER: i32 = (EXC_TYPE << 8) | 143;
export const W_BOOL_MEMBER: i32 = (EXC_TYPE << 8) | 144;
/** [a: the base's name] */
export const W_BASE_TYPE: i32 = (EXC_TYPE << 8) | 145;
export const W_NAMELESS: i32 = (EXC_SYSTEM << 8) | 146;
/** [a: the type's name; b: the attribute's] */
export const W_IMMUTABLE_TYPE: i32 = (EXC_TYPE << 8) | 147;
/** [a: the name; b: the object] */
export const W_WRONG_SELF: i32 = (EXC_TYPE << 8) | 148;
export const W_NOT_READABLE: i32 = (EXC_ATTRIBUTE << 8) | 149;
export const W_SLOT: i32 = (EXC_RUNTIME << 8) | 150;
export const W_INSTANCE_OF: i32 = (EXC_TYPE << 8) | 151;
export const W_MODULE_METHOD: i32 = (EXC_VALUE << 8) | 152;
/** [a: what was given] */
export const W_ATTRIBUTE_NAME: i32 = (EXC_TYPE << 8) | 153;
/** [a: the type's name] */
export const W_SIZE: i32 = (EXC_TYPE << 8) | 154;
export const W_MODULE_STATE: i32 = (EXC_SYSTEM << 8) | 155;
/** [a: the type's name] */
export const W_NO_MODULE: i32 = (EXC_TYPE << 8) | 156;
export const W_SUBCLASS_OF: i32 = (EXC_TYPE << 8) | 157;
export const W_MODULE_SLOT: i32 = (EXC_SYSTEM << 8) | 158;
export const W_NOT_TRAVERSED: i32 = (EXC_SYSTEM << 8) | 159;
/** [a: the object] */
export const W_STR_RESULT: i32 = (EXC_TYPE << 8) | 160;
export const W_NO_DICT: i32 = (EXC_ATTRIBUTE << 8) | 161;
/** [a: what was given] */
export const W_DICT_EXPECTED: i32 = (EXC_TYPE << 8) | 162;
export const W_MODULE_RESULT: i32 = (EXC_SYSTEM << 8) | 163;
/** args of an exception were to be deleted. */
export const W_ARGS_DELETED: i32 = (EXC_TYPE << 8) | 164;
export const W_CAUSE: i32 = (EXC_TYPE << 8) | 165;
/** [a: the name of the method] */
export const W_NEEDS_SELF: i32 = (EXC_TYPE << 8) | 166;
/** [a: the name of the type of exceptions; b: what it answered] */
export const W_NO_EXCEPTION_MADE: i32 = (EXC_TYPE << 8) | 167;
