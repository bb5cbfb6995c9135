# SPDX-License-Identifier: Apache-2.0
# LibTorch out of a PyTorch package, CAMEO_TORCH_WHEEL: the folder `torch` that holds `include` and `lib`. The package's
# own TorchConfig.cmake asks for the whole CUDA toolkit when it was built with CUDA, though a program that only uses
# tensors needs no more than the libraries in the package.
set(CAMEO_TORCH_CXX11_ABI 1 CACHE STRING "torch._C._GLIBCXX_USE_CXX11_ABI of the package: 0 or 1")

set(torch_lib ${CAMEO_TORCH_WHEEL}/lib)
set(torch_include ${CAMEO_TORCH_WHEEL}/include)
foreach(needed ${torch_include}/ATen/ATen.h ${torch_lib}/libtorch_cpu.so ${torch_lib}/libc10.so)
    if(NOT EXISTS ${needed})
        message(FATAL_ERROR "CAMEO_TORCH_WHEEL is '${CAMEO_TORCH_WHEEL}', but ${needed} is missing. Give the folder that "
            "python3 -c 'import torch; print(torch.__path__[0])' prints")
    endif()
endforeach()

add_library(cameo_torch_wheel INTERFACE)
target_include_directories(cameo_torch_wheel SYSTEM INTERFACE ${torch_include}
    ${torch_include}/torch/csrc/api/include)
target_compile_definitions(cameo_torch_wheel INTERFACE _GLIBCXX_USE_CXX11_ABI=${CAMEO_TORCH_CXX11_ABI})
# libtorch_cuda registers its kernels when it is loaded; nothing refers to it by name, so that the linker would drop it.
target_link_options(cameo_torch_wheel INTERFACE -Wl,--no-as-needed
    # The package's libraries find those that they need (CUDA's, cuDNN's) by paths of their own, which the linker ignores.
    -Wl,--allow-shlib-undefined -Wl,-rpath,${torch_lib})
foreach(name torch_cpu c10 torch_cuda c10_cuda torch)
    if(EXISTS ${torch_lib}/lib${name}.so)
        target_link_libraries(cameo_torch_wheel INTERFACE ${torch_lib}/lib${name}.so)
    endif()
endforeach()
