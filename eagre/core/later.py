"""Which public names are loaded when they are first touched, and from where."""

NAMESPACES = (
    "array_api",
    "autodiff",
    "autograph",
    "bitwise",
    "compat",
    "config",
    "contrib",
    "data",
    "debugging",
    "dtypes",
    "errors",
    "experimental",
    "image",
    "io",
    "linalg",
    "math",
    "nest",
    "nn",
    "optimizers",
    "random",
    "signal",
    "test",
    "testing",
    "train",
    "version",
)

WITHIN = {
    name.replace(".", "_"): name
    for name in (
        "array_api.fft",
        "array_api.linalg",
        "autograph.experimental",
        "config.experimental",
        "config.optimizer",
        "config.threading",
        "experimental.dlpack",
        "experimental.numpy",
        "experimental.numpy.random",
        "io.gfile",
        "linalg.experimental",
        "math.special",
        "nn.experimental",
        "optimizers.schedules",
        "random.experimental",
        "train.experimental",
    )
}
"""For the module of a namespace within another the name by which it is imported as well."""

LATER = {
    "eagre.composites.tensor_array": "TensorArray TensorArraySpec",
    "eagre.control.accumulating": "foldl foldr map_fn scan",
    "eagre.control.choosing": "case switch_case",
    "eagre.control.host_calls": "numpy_function py_function",
    "eagre.core.devices": "DeviceSpec device",
    "eagre.core.dtypes": "resource variant",
    "eagre.core.policies": "AggregationMethod VariableAggregation VariableSynchronization",
    "eagre.core.primitive": "Operation",
    "eagre.data.optional": "OptionalSpec",
    "eagre.core.registration": "register_tensor_conversion_function",
    "eagre.core.specs": "TypeSpec",
    "eagre.debugging.assertions": "Assert assert_equal assert_greater assert_less",
    "eagre.debugging.logger": "get_logger",
    "eagre.debugging.shape_assertions": "assert_rank",
    "eagre.debugging.summaries": "summary_of",
    "eagre.functions.concrete": "ConcreteFunction",
    "eagre.functions.effects": "TracingWarning",
    "eagre.functions.function": "function",
    "eagre.functions.retracing": "RetraceError RetraceWarning no_retrace",
    "eagre.gradients.custom": "custom_gradient grad_pass_through recompute_grad",
    "eagre.gradients.explaining": "explain_gradients",
    "eagre.gradients.why_none": "GradientWarning WhyNone",
    "eagre.ops.approximate": "approx_top_k",
    "eagre.ops.combining": "add_n scalar_mul",
    "eagre.ops.complex_parts": "complex",
    "eagre.ops.conversions": (
        "bitcast broadcast_dynamic_shape broadcast_static_shape ensure_shape "
        "saturate_cast shape_n "
    ),
    "eagre.ops.convolution_gradients": (
        "conv conv2d_backprop_filter_v2 conv2d_backprop_input_v2 "
    ),
    "eagre.ops.decompositions": "eig eigvals matrix_square_root",
    "eagre.ops.division": "realdiv truncatediv truncatemod",
    "eagre.ops.einsum": "einsum tensordot",
    "eagre.ops.fingerprints": "fingerprint",
    "eagre.ops.fourier_axes": "fftnd ifftnd irfftnd rfftnd",
    "eagre.ops.gathering": "gather_nd",
    "eagre.ops.histograms": "histogram_fixed_width histogram_fixed_width_bins",
    "eagre.ops.index_shuffling": "random_index_shuffle",
    "eagre.ops.initializers": (
        "constant_initializer ones_initializer random_normal_initializer "
        "random_uniform_initializer zeros_initializer "
    ),
    "eagre.ops.inspecting": (
        "get_static_value init_scope inside_function is_symbolic_tensor is_tensor timestamp "
        "type_spec_from_value "
    ),
    "eagre.ops.norms": "clip_by_global_norm clip_by_norm norm",
    "eagre.ops.ordering": (
        "control_dependencies get_current_name_scope group guarantee_const identity_n name_scope "
        "no_op tuple "
    ),
    "eagre.ops.one_hot": "one_hot",
    "eagre.ops.padding": "pad",
    "eagre.ops.patches": "extract_volume_patches",
    "eagre.ops.scattering": (
        "dynamic_partition dynamic_stitch scatter_nd tensor_scatter_nd_add "
        "tensor_scatter_nd_max tensor_scatter_nd_min tensor_scatter_nd_sub "
        "tensor_scatter_nd_update unravel_index "
    ),
    "eagre.ops.sequences": "linspace meshgrid repeat reverse reverse_sequence roll sequence_mask",
    "eagre.ops.sorting": "argsort searchsorted sort unique unique_with_counts",
    "eagre.ops.spaces": (
        "batch_to_space required_space_to_batch_paddings space_to_batch space_to_batch_nd "
    ),
    "eagre.ops.text": "as_string print",
    "eagre.ops.trigonometry": "acos acosh asin asinh atan atan2 atanh cosh sinh tan",
    "eagre.primitives.indexed_slices": "IndexedSlices IndexedSlicesSpec",
    "eagre.state.creators": "variable_creator_scope",
    "eagre.transforms.hessians": "hessians",
    "eagre.transforms.mapping": "vectorized_map",
}
"""For a module, what it gives to the top level."""

HOMES = {name: home for home, names in LATER.items() for name in names.split()}
OTHERWISE = {"matrix_square_root": "sqrtm", "print": "print_", "tuple": "tuple_"}
"""Names that go by another name where they stand, since Python has one of that name."""
